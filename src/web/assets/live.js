// Computes the questionnaire at once, while somebody types; the server computes it again and has the last word.
'use strict';
(() => {
  const page = document.querySelector('form[data-fill]');
  if (!page || !document.getElementById('form-trees')) return;
  const { Report, UNKNOWN } = svodForm;
  const { Day, canonical } = svodExpr;
  const NBSP = '\u00a0';

  const path = (field, row) => {
    const { name, table } = form.fields[field];
    if (table === null) return name;
    const around = form.tables[table];
    return (around.repeat ? around.name + '[' + (row + 1) + ']' : around.name + '/' + around.rows[row].name) + '/' + name;
  };
  let form, words, lang, report, places;
  const begin = () => {
    ({ form, words, lang } = JSON.parse(document.getElementById('form-trees').textContent));
    report = new Report(form);
    report.fill(form.values.map(([field, row, value]) => [field, row, svodExpr.value(value)]));
    places = new Map();
    report.heights.forEach((height, field) => {
      for (let row = 0; row < height; row += 1) places.set(path(field, row), [field, row]);
    });
  };
  begin();
  // Rows came or went: the server has sent the form anew.
  document.addEventListener('svod:rows', begin);
  const spot = (at) => document.getElementById('q-' + at.split('/').join(':'));

  // What a person types, as the server reads it; what cannot be read is no answer.
  function number(typed) {
    const plain = typed.replace(/^[\u2212\u2013]/, '-').replace(',', '.');
    const [whole, fraction = ''] = plain.split('.');
    const grouped = /^-?[ \u00a0\u202f\u2009]*\d+$/.test(whole) || /^-?\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+$/.test(whole);
    if (!grouped || /[^\d]/.test(fraction) || plain.endsWith('.') || plain.split('.').length > 2) return null;
    return Number(plain.replace(/[ \u00a0\u202f\u2009]/g, ''));
  }

  function day(typed) {
    const parts = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(typed);
    const iso = parts ? parts[3] + '-' + parts[2].padStart(2, '0') + '-' + parts[1].padStart(2, '0') : typed;
    const found = iso.length === 10 ? svodExpr.moment(iso) : null;
    return found ? new Day(found[0]) : null;
  }

  const READ = {
    integer: (typed) => { const n = number(typed); return Number.isInteger(n) ? n : null; },
    decimal: number,
    range: number,
    percent: (typed) => number(typed.replace(/%$/, '').trim()),
    date: day,
    text: (typed) => typed,
    select_one: (typed) => typed,
    acknowledge: (typed) => typed,
  };

  function answer(at, [field]) {
    const { type, missing } = form.fields[field];
    const given = new FormData(page);
    const all = given.getAll('a:' + at).map((typed) => typed.trim()).filter((typed) => typed !== '');
    if (given.get('missing:' + at) || (missing && all.some((typed) => words.absent.includes(typed.toLowerCase())))) return null;
    if (type === 'select_multiple') return all;
    if (!all.length) return null;
    return READ[type] ? READ[type](all[all.length - 1]) : UNKNOWN;
  }

  // A value as the server writes it for people; nothing where only the server can.
  function grouped(written) {
    const [whole, fraction] = written.replace('-', '').split('.');
    const groups = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, lang === 'ru' ? NBSP : ',') : whole;
    const sign = written.startsWith('-') ? '\u2212' : '';
    return sign + groups + (fraction ? (lang === 'ru' ? ',' : '.') + fraction : '');
  }
  const cents = (value) => svodExpr.rounded(value, 2);
  const SHOW = {
    integer: (value) => grouped(canonical(value)),
    decimal: (value) => grouped(canonical(value)),
    percent: (value) => grouped(canonical(cents(value))) + NBSP + '%',
    boolean: (value) => (value ? words.yes : words.no),
    date: (value) => String(value).split('-').reverse().join('.'),
    text: (value) => value,
  };

  function show(field, row) {
    const { calculation, type, table } = form.fields[field];
    const piece = spot(path(field, row));
    if (!piece) return;
    const [shown, value] = [report.shown[field][row], report.values[field][row]];
    if (table === null && shown === false) piece.hidden = true;
    // What was never shown is not on the page yet: the server brings it.
    if (table === null && shown === true && piece.childElementCount) piece.hidden = false;
    const output = piece.querySelector('output.calculated');
    if (calculation === null || !output || value === UNKNOWN || shown !== true) return;
    if (value === null) output.textContent = '—';
    else if (SHOW[type]) output.textContent = SHOW[type](value);
  }

  function judge(field, row) {
    const piece = spot(path(field, row));
    if (!piece) return;
    const told = piece.querySelector('p.fault.at-once');
    const broken = report.broken(field, row);
    if (!broken && told) told.remove();
    if (!broken || told || piece.querySelector('p.fault')) return;
    const said = document.createElement('p');
    said.className = 'fault at-once';
    said.setAttribute('role', 'status');
    said.textContent = form.fields[field].message || words.constraint;
    piece.append(said);
  }

  page.addEventListener('input', (event) => {
    const name = event.target.name || '';
    const at = name.startsWith('a:') ? name.slice(2) : name.startsWith('missing:') ? name.slice(8) : null;
    const place = at === null ? null : places.get(at);
    if (!place) return;
    const { changed, judged } = report.set(place[0], place[1], answer(at, place));
    changed.forEach(([field, row]) => show(field, row));
    judged.forEach(([field, row]) => judge(field, row));
  });
})();
