// The reader of expressions in the browser: interprets the tree that src/expr/json.rs writes, by the same laws as the server.
// Empty is null; a list is an array; a day is a Day. Nothing here makes code out of text. Loads as a script and in node.
'use strict';
(function (root) {
  const SPACE = '[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
  const SPACES = new RegExp(SPACE + '+', 'g');
  const AROUND = new RegExp('^' + SPACE + '+|' + SPACE + '+$', 'g');
  const MONTHS = ['янв', 'фев', 'мар', 'апр', 'май', 'июн', 'июл', 'авг', 'сен', 'окт', 'ноя', 'дек'];
  const WEEKDAYS = ['пн', 'вт', 'ср', 'чт', 'пт', 'сб', 'вс'];
  const CODES = 'YymnbdeaHhMS3%';
  const DAY = 86400000;

  // Days: counted from 1970-01-01.
  class Day {
    constructor(days) { this.days = days; }
    toString() {
      const [year, month, day] = civil(this.days);
      const written = year < 0 ? '-' + pad(-year, 6) : pad(year, 4);
      return written + '-' + pad(month, 2) + '-' + pad(day, 2);
    }
    toJSON() { return { day: this.toString() }; }
  }

  const pad = (number, width) => String(number).padStart(width, '0');

  function daysOf(year, month, day) {
    const y = month <= 2 ? year - 1 : year;
    const era = Math.floor(y / 400);
    const inEra = y - era * 400;
    const inYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
    return era * 146097 + inEra * 365 + Math.floor(inEra / 4) - Math.floor(inEra / 100) + inYear - 719468;
  }

  function civil(days) {
    const shifted = days + 719468;
    const era = Math.floor(shifted / 146097);
    const inEra = shifted - era * 146097;
    const year = Math.floor((inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36524) - Math.floor(inEra / 146096)) / 365);
    const inYear = inEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
    const moved = Math.floor((5 * inYear + 2) / 153);
    const month = moved < 10 ? moved + 3 : moved - 9;
    return [year + era * 400 + (month <= 2 ? 1 : 0), month, inYear - Math.floor((153 * moved + 2) / 5) + 1];
  }

  const FIRST = daysOf(-9999, 1, 1);
  const LAST = daysOf(9999, 12, 31);
  const dayAt = (days) => (days >= FIRST && days <= LAST ? new Day(days) : null);
  const shifted = (day, days) => (Math.abs(days) > 4000000 ? null : dayAt(day.days + Math.floor(days)));

  // A day, and milliseconds since midnight or null.
  function moment(text) {
    const parts = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]([^]*))?$/.exec(text);
    if (!parts) return null;
    const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
    const days = daysOf(year, month, day);
    const real = month >= 1 && month <= 12 && String(civil(days)) === String([year, month, day]);
    const clock = parts[4] === undefined ? null : time(parts[4]);
    return real && (parts[4] === undefined || clock !== null) ? [days, clock] : null;
  }

  function time(text) {
    const parts = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(?:Z|[+-]\d{2}:\d{2})?$/.exec(text);
    if (!parts) return null;
    const [hour, minute, second] = [Number(parts[1]), Number(parts[2]), Number(parts[3] || 0)];
    if (hour > 23 || minute > 59 || second > 59) return null;
    return ((hour * 60 + minute) * 60 + second) * 1000 + Number((parts[4] || '').padEnd(3, '0'));
  }

  const momentOf = (value) => (value instanceof Day ? [value.days, null] : typeof value === 'string' ? moment(value) : null);

  // The moment so many days after the beginning of 1970, to the millisecond; halves go away from zero.
  function after1970(days) {
    const all = Math.sign(days) * Math.round(Math.abs(days) * DAY);
    const day = Math.floor(all / DAY);
    return day >= daysOf(1, 1, 1) && day <= daysOf(9999, 12, 31) ? [day, all - day * DAY] : null;
  }

  function known(format) {
    for (let at = 0; at < format.length; at += 1) {
      if (format[at] === '%') {
        at += 1;
        if (at >= format.length || !CODES.includes(format[at])) return false;
      }
    }
    return true;
  }

  function code(days, clock, letter) {
    const [year, month, day] = civil(days);
    const [minute, second] = [Math.floor(clock / 60000), Math.floor(clock / 1000)];
    switch (letter) {
      case 'Y': return year < 0 ? '-' + pad(-year, 3) : pad(year, 4);
      case 'y': return pad(((year % 100) + 100) % 100, 2);
      case 'm': return pad(month, 2);
      case 'n': return String(month);
      case 'b': return MONTHS[month - 1];
      case 'd': return pad(day, 2);
      case 'e': return String(day);
      case 'a': return WEEKDAYS[(((days + 3) % 7) + 7) % 7];
      case 'H': return pad(Math.floor(minute / 60), 2);
      case 'h': return String(Math.floor(minute / 60));
      case 'M': return pad(minute % 60, 2);
      case 'S': return pad(second % 60, 2);
      case '3': return pad(clock % 1000, 3);
      default: return letter;
    }
  }

  const formatted = (days, clock, format) => format.replace(/%([^])/g, (_, letter) => code(days, clock || 0, letter));

  // Numbers: compared and shown at 15 significant digits; halves go away from zero.
  function round15(number) {
    if (!Number.isFinite(number) || (Number.isInteger(number) && Math.abs(number) < 1e15)) return number;
    return Number(number.toPrecision(15));
  }

  function away(number) {
    const whole = Math.floor(Math.abs(number));
    return Math.sign(number) * (Math.abs(number) - whole >= 0.5 ? whole + 1 : whole);
  }

  const ten = (places) => (places < 0 ? 1 / Number('1e' + -places) : Number('1e' + places));

  function rounded(number, places) {
    const scale = ten(places);
    const scaled = round15(number * scale);
    return Number.isFinite(scaled) ? round15(away(scaled) / scale) : number;
  }

  const finite = (number) => (Number.isFinite(number) ? number : null);

  // Without an exponent, as the server writes numbers.
  function canonical(number) {
    const written = String(round15(number) || 0);
    const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(written);
    if (!parts) return written;
    const [digits, power] = [parts[2] + (parts[3] || ''), Number(parts[4])];
    if (power < 0) return parts[1] + '0.' + '0'.repeat(-power - 1) + digits;
    return parts[1] + digits.padEnd(power + 1, '0');
  }

  // Values.
  const isEmpty = (value) => value === null || (Array.isArray(value) && value.every(isEmpty));
  const isNumber = (value) => typeof value === 'number';
  const elements = (value) => (Array.isArray(value) ? value : [value]);
  const text = (value) => (value === '' ? null : value);

  function asText(value) {
    if (value === null) return '';
    if (isNumber(value)) return canonical(value);
    return Array.isArray(value) ? value.map(asText).join(' ') : String(value);
  }

  function same(one, other) {
    if (isNumber(one) && isNumber(other)) return round15(one) === round15(other);
    if (one instanceof Day && other instanceof Day) return one.days === other.days;
    return one === other;
  }

  // Null where nothing can be said.
  function equal(left, right, texts) {
    const textual = texts || typeof left === 'string' || typeof right === 'string';
    const [no, neither] = [isEmpty(left), isEmpty(right)];
    if (!no && !neither) return same(left, right);
    return textual ? no && neither : null;
  }

  function compare(left, right, holds) {
    if (isNumber(left) && isNumber(right)) return holds(round15(left), round15(right));
    return left instanceof Day && right instanceof Day ? holds(left.days, right.days) : null;
  }

  const numeric = (left, right, compute) => (isNumber(left) && isNumber(right) ? finite(compute(left, right)) : null);
  const not = (value) => (typeof value === 'boolean' ? !value : null);

  // Lists.
  const present = (values) => values.flatMap(elements).filter((value) => !isEmpty(value));
  function aggregate(values, compute) {
    const numbers = present(values).filter(isNumber);
    return numbers.length ? finite(compute(numbers)) : null;
  }
  const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

  function percentile(numbers, share) {
    const sorted = [...numbers].sort((a, b) => a - b);
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
  }

  function extreme(values, better) {
    const among = present(values);
    if (!among.length) return null;
    return among.reduce((best, value) => {
      if (isNumber(value) && isNumber(best)) return better(value, best) ? value : best;
      return value instanceof Day && best instanceof Day && better(value.days, best.days) ? value : best;
    });
  }

  function within(least, most, found) {
    if (!isNumber(least) || !isNumber(most)) return null;
    const number = round15(found);
    return (least === -1 || number >= round15(least)) && (most === -1 || number <= round15(most));
  }

  const chosen = (list, value) => present([list]).some((one) => equal(one, value, false) === true);

  // Patterns: the program that the server made of one, run over all states at once, so the time is linear in the text.
  const CLASSES = {
    w: /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u, d: /\p{Nd}/u, s: /\p{White_Space}/u,
  };
  function isIn(group, point) {
    if (typeof group !== 'string') {
      for (let at = 0; at < group.length; at += 2) if (point >= group[at] && point <= group[at + 1]) return true;
      return false;
    }
    return CLASSES[group.toLowerCase()].test(String.fromCodePoint(point)) === (group === group.toLowerCase());
  }

  function looks(look, points, at) {
    const [before, after] = [points[at - 1], points[at]];
    const word = (point) => point !== undefined && isIn('w', point);
    const plain = (point) => point !== undefined && /\w/.test(String.fromCodePoint(point));
    switch (look) {
      case 0: return at === 0;
      case 1: return at === points.length;
      case 2: return at === 0 || before === 10;
      case 3: return at === points.length || after === 10;
      case 4: return word(before) !== word(after);
      case 5: return word(before) === word(after);
      case 6: return plain(before) !== plain(after);
      case 7: return plain(before) === plain(after);
      case 8: return !word(before) && word(after);
      default: return word(before) && !word(after);
    }
  }

  function matches(program, whole) {
    const points = Array.from(whole, (letter) => letter.codePointAt(0));
    let states = [0];
    for (let at = 0; ; at += 1) {
      const seen = new Set();
      const reading = [];
      while (states.length) {
        const state = states.pop();
        if (seen.has(state)) continue;
        seen.add(state);
        const step = program[state];
        if (step[0] === 0 && at === points.length) return true;
        if (step[0] === 1) reading.push(state);
        if (step[0] === 2) states.push(step[1], step[2]);
        if (step[0] === 3) states.push(step[1]);
        if (step[0] === 4 && looks(step[1], points, at)) states.push(step[2]);
      }
      if (at === points.length || !reading.length) return false;
      states = reading.filter((state) => isIn(program[state][1], points[at])).map((state) => state + 1);
    }
  }

  // The meanings of functions that are computed from values.
  const number1 = (compute) => ([n]) => (isNumber(n) ? finite(compute(n)) : null);
  const texts = (compute) => (values) => compute(...values.map(asText));
  const PLAIN = {
    true: () => true,
    false: () => false,
    not: ([b]) => not(b),
    boolean: ([v]) => (typeof v === 'boolean' ? v : isNumber(v) ? v !== 0 : !isEmpty(v)),
    'boolean-from-string': ([v]) => ['true', '1'].includes(asText(v)),
    checklist: ([least, most, ...rest]) => within(least, most, rest.flatMap(elements).filter((v) => v === true).length),
    'weighted-checklist': ([least, most, ...rest]) => {
      let sum = 0;
      for (let at = 0; at < rest.length; at += 2) {
        if (rest[at] !== true) continue;
        if (!isNumber(rest[at + 1])) return null;
        sum += rest[at + 1];
      }
      return within(least, most, sum);
    },
    isblank: ([v]) => isEmpty(v),
    selected: ([list, v]) => chosen(list, v),
    'is-selected': ([list, v]) => chosen(list, v),
    'count-selected': (values) => present(values).length,
    'selected-at': ([list, n]) => (Number.isInteger(n) && n >= 0 ? elements(list)[n] ?? null : null),
    sum: (values) => aggregate(values, total),
    avg: (values) => aggregate(values, (numbers) => total(numbers) / numbers.length),
    median: (values) => aggregate(values, (numbers) => percentile(numbers, 0.5)),
    min: (values) => extreme(values, (a, b) => a < b),
    max: (values) => extreme(values, (a, b) => a > b),
    count: (values) => present(values).length,
    'count-non-empty': (values) => present(values).length,
    countif: ([list, v]) => (isEmpty(list) ? null : present([list]).filter((one) => equal(one, v, false) === true).length),
    sumif: ([list, v, summed = list]) => {
      if (isEmpty(list)) return null;
      const found = [];
      elements(list).forEach((one, at) => { if (equal(one, v, false) === true) found.push(elements(summed)[at] ?? null); });
      return found.length ? PLAIN.sum(found) : 0;
    },
    rank: ([n, list, up = false]) => {
      const all = present([list]).filter(isNumber).map(round15);
      if (!isNumber(n) || typeof up !== 'boolean' || !all.length) return null;
      return 1 + all.filter((other) => (up ? other < round15(n) : other > round15(n))).length;
    },
    quantile: ([list, n]) => (isNumber(n) && n >= 0 && n <= 1 ? aggregate([list], (all) => percentile(all, n)) : null),
    join: ([by, ...lists]) => text(present(lists).map(asText).join(asText(by))),
    number: ([v]) => {
      if (isNumber(v)) return v;
      if (typeof v === 'boolean') return Number(v);
      if (v instanceof Day) return v.days;
      const digits = typeof v === 'string' ? v.replace(AROUND, '') : '';
      return /^-?[0-9.]*[0-9][0-9.]*$/.test(digits) ? finite(Number(digits)) : null;
    },
    int: number1((n) => Math.trunc(round15(n))),
    floor: number1((n) => Math.floor(round15(n))),
    ceiling: number1((n) => Math.ceil(round15(n))),
    abs: number1(Math.abs),
    round: ([n, places = 0]) =>
      (isNumber(n) && isNumber(places) ? finite(rounded(n, Math.max(-300, Math.min(300, Math.trunc(places))))) : null),
    pow: ([n, power]) => numeric(n, power, (a, b) => (a === 1 ? 1 : Math.pow(a, b))),
    sqrt: number1(Math.sqrt),
    exp: number1(Math.exp),
    log: number1(Math.log),
    exp10: number1((n) => Math.pow(10, n)),
    log10: number1(Math.log10),
    pi: () => Math.PI,
    sin: number1(Math.sin),
    cos: number1(Math.cos),
    tan: number1(Math.tan),
    asin: number1(Math.asin),
    acos: number1(Math.acos),
    atan: number1(Math.atan),
    atan2: ([y, x]) => numeric(y, x, Math.atan2),
    string: texts(text),
    concat: (values) => text(values.flatMap(elements).map(asText).join('')),
    'string-length': ([v]) => Array.from(asText(v)).length,
    contains: texts((whole, part) => whole.includes(part)),
    'starts-with': texts((whole, part) => whole.startsWith(part)),
    'ends-with': texts((whole, part) => whole.endsWith(part)),
    substr: ([v, from, to = Infinity]) => {
      const letters = Array.from(asText(v));
      if (!isNumber(from) || !isNumber(to)) return null;
      const place = (index) => Math.max(0, Math.min(letters.length, index < 0 ? index + letters.length : index));
      return text(letters.slice(place(Math.trunc(from)), place(Math.trunc(to))).join(''));
    },
    substring: ([v, from, length = Infinity]) => {
      if (!isNumber(from) || !isNumber(length)) return null;
      const start = Math.floor(from + 0.5);
      const end = start + Math.floor(length + 0.5);
      return text(Array.from(asText(v)).filter((_, at) => at + 1 >= start && at + 1 < end).join(''));
    },
    'substring-before': texts((whole, part) => text(whole.slice(0, Math.max(0, whole.indexOf(part))))),
    'substring-after': texts((whole, part) => (whole.includes(part) ? text(whole.slice(whole.indexOf(part) + part.length)) : null)),
    'normalize-space': texts((whole) => text(whole.replace(AROUND, '').replace(SPACES, ' '))),
    translate: texts((whole, from, to) => {
      const [before, after] = [Array.from(from), Array.from(to)];
      const one = (letter) => (before.includes(letter) ? after[before.indexOf(letter)] ?? '' : letter);
      return text(Array.from(whole, one).join(''));
    }),
    date: ([v]) => {
      if (v instanceof Day) return v;
      if (isNumber(v)) return Math.abs(v) < 4000000 ? dayAt(Math.floor(v)) : null;
      const found = momentOf(v);
      return found ? new Day(found[0]) : null;
    },
    'date-time': ([v]) => {
      const found = typeof v === 'number' ? after1970(v) : momentOf(v);
      return found && formatted(found[0], found[1], '%Y-%m-%dT%H:%M:%S' + (found[1] % 1000 ? '.%3' : ''));
    },
    'decimal-date-time': ([v]) => {
      const found = momentOf(v);
      return found && (found[0] * DAY + (found[1] || 0)) / DAY;
    },
    'decimal-time': ([v]) => {
      if (typeof v !== 'string') return null;
      const clock = time(v) ?? moment(v)?.[1] ?? null;
      return clock === null ? null : clock / DAY;
    },
    'format-date': ([v, by]) => {
      const [found, format] = [momentOf(v), asText(by)];
      return found && known(format) ? text(formatted(found[0], found[1], format)) : null;
    },
  };
  PLAIN['format-date-time'] = PLAIN['format-date'];

  // Rows that hold the conditions, as indexes; `inside` is the row that a condition looks at.
  function holding(of, condition, left, env) {
    if (condition[0] === 'at') {
      const asked = node(condition[1], env);
      return asked === true ? left : isNumber(asked) ? left.filter((_, place) => place + 1 === asked) : [];
    }
    return left.filter((row, place) => {
      const found = node(condition, { ...env, around: env.around || env, inside: { of, row, place } });
      return found === true || found === place + 1;
    });
  }

  function rows([, of, conditions, column, single], env) {
    const surroundings = env.around || env;
    let left = Array.from({ length: surroundings.rows(of) }, (_, row) => row);
    for (const condition of conditions) left = holding(of, condition, left, env);
    if (column === null) return left.map(() => true);
    const values = left.map((row) => surroundings.cell(of, row, column));
    return single ? values[0] ?? null : values;
  }

  function decide(sides, deciding, env) {
    let open = false;
    for (const side of sides) {
      const value = node(side, env);
      if (value === deciding) return deciding;
      if (typeof value !== 'boolean') open = true;
    }
    return open ? null : !deciding;
  }

  function sum(left, right, sign) {
    if (left instanceof Day && isNumber(right)) return shifted(left, sign * right);
    if (isNumber(left) && right instanceof Day) return sign > 0 ? shifted(right, left) : null;
    if (left instanceof Day && right instanceof Day) return sign < 0 ? left.days - right.days : null;
    return numeric(left, right, (a, b) => added(a, sign * b));
  }

  // A sum of which nothing is left at 15 digits is 0, as in workbooks.
  function added(a, b) {
    const found = a + b;
    const cancelled = found !== 0 && Math.abs(found) < 1e-13 * Math.abs(a) && round15(a) === round15(-b);
    return cancelled ? 0 : found;
  }

  const both = (compute) => ([, left, right], env) => compute(node(left, env), node(right, env));
  const ask = (name) => (tree, env) => (env.around || env)[name](tree);

  // What decides itself which parts to compute, or asks the surroundings.
  const LAZY = {
    '.': (_, env) => (env.around || env).here,
    '?': ask('name'),
    $: ask('reference'), $f: ask('reference'), $h: ask('reference'), $c: ask('reference'), $x: ask('reference'), $r: ask('reference'),
    name: ([, name], env) => (env.inside ? env.around.cell(env.inside.of, env.inside.row, name) : env.name(name)),
    rows,
    'indexed-repeat': ([, column, of, place], env) => {
      const [asked, surroundings] = [node(place, env), env.around || env];
      return Number.isInteger(asked) && asked >= 1 && asked <= surroundings.rows(of) ? surroundings.cell(of, asked - 1, column) : null;
    },
    position: (tree, env) => {
      if (env.inside && tree.length === 1) return env.inside.place + 1;
      const row = (env.around || env).position();
      return row === null ? null : row + 1;
    },
    if: ([, condition, then, otherwise], env) => node(node(condition, env) === true ? then : otherwise, env),
    coalesce: ([, ...branches], env) => {
      for (const branch of branches) {
        const value = node(branch, env);
        if (!isEmpty(value)) return value;
      }
      return null;
    },
    today: (_, env) => (env.around || env).today,
    parameter: ([, name], env) => (env.around || env).parameter(name),
    row: ([, name], env) => (env.around || env).row(name),
    'jr:choice-name': ([, value, question], env) => {
      const chosenCode = node(value, env);
      return typeof chosenCode === 'string' ? (env.around || env).choiceName(question, chosenCode) : null;
    },
    regex: ([, whole, program], env) => matches(program, asText(node(whole, env))),
    neg: ([, inner], env) => { const n = node(inner, env); return isNumber(n) ? -n : null; },
    and: ([, ...sides], env) => decide(sides, false, env),
    or: ([, ...sides], env) => decide(sides, true, env),
    "=''": both((left, right) => isEmpty(left) && isEmpty(right)),
    "!=''": both((left, right) => !(isEmpty(left) && isEmpty(right))),
    "='": both((left, right) => equal(left, right, true)),
    "!='": both((left, right) => not(equal(left, right, true))),
    '=': both((left, right) => equal(left, right, false)),
    '!=': both((left, right) => not(equal(left, right, false))),
    '<': both((left, right) => compare(left, right, (a, b) => a < b)),
    '<=': both((left, right) => compare(left, right, (a, b) => a <= b)),
    '>': both((left, right) => compare(left, right, (a, b) => a > b)),
    '>=': both((left, right) => compare(left, right, (a, b) => a >= b)),
    '+': both((left, right) => sum(left, right, 1)),
    '-': both((left, right) => sum(left, right, -1)),
    '*': both((left, right) => numeric(left, right, (a, b) => a * b)),
    div: both((left, right) => numeric(left, right, (a, b) => a / b)),
    mod: both((left, right) => numeric(left, right, (a, b) => a % b)),
  };

  function node(tree, env) {
    if (!Array.isArray(tree)) return tree;
    const lazy = LAZY[tree[0]];
    if (lazy) return lazy(tree, env);
    const kept = env.fixed !== undefined && env.fixed.has(tree);
    if (kept && env.memo.has(tree)) return env.memo.get(tree);
    const values = [];
    for (let at = 1; at < tree.length; at += 1) values.push(node(tree[at], env));
    const found = PLAIN[tree[0]](values);
    if (kept) env.memo.set(tree, found);
    return found;
  }

  // A value as src/expr/json.rs writes it.
  function value(json) {
    if (Array.isArray(json)) return json.map(value);
    return json && typeof json === 'object' ? new Day(moment(json.day)[0]) : json;
  }

  // A value as `svod expr` prints it.
  function plain(found) {
    if (Array.isArray(found)) return found.map(plain);
    if (isNumber(found)) return round15(found) || 0;
    return found instanceof Day ? String(found) : found;
  }

  const names = () => [...Object.keys(PLAIN), ...Object.keys(LAZY)];
  const api = { evaluate: node, value, plain, isEmpty, canonical, round15, rounded, Day, names, moment };
  if (typeof module === 'object' && module.exports) module.exports = api;
  else root.svodExpr = api;
})(typeof globalThis === 'object' ? globalThis : this);
