// A form in the browser: what is shown, what is computed, which constraints are broken, from the trees that
// src/form/browser.rs writes. One edit computes anew only what depends on it. Loads as a script and in node.
'use strict';
(function (root) {
  const expr = typeof module === 'object' && module.exports ? require('./expr.js') : root.svodExpr;
  // What only the server knows; all that depends on it is left to the server too.
  const UNKNOWN = Symbol('unknown');
  class Unknown extends Error {}

  const same = (one, other) =>
    one === other || (one instanceof expr.Day && other instanceof expr.Day && one.days === other.days)
    || (Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((value, at) => same(value, other[at])));

  // Every reference of a tree: [field, kind]; kind is `h` (the same row) or `a` (any row).
  function reads(tree, form, found = []) {
    if (!Array.isArray(tree)) return found;
    const [name, first] = tree;
    if (name === '$h') found.push([first, 'h']);
    else if (name === '$f' || name === '$c' || name === '$x') found.push([first, 'a']);
    else if (name === 'name') found.push([first, 'a']);
    else if (name === 'rows') {
      if (typeof tree[3] === 'number') found.push([tree[3], 'a']);
      tree[2].forEach((condition) => reads(condition, form, found));
    } else if (name === 'indexed-repeat') {
      found.push([first, 'a']);
      reads(tree[3], form, found);
    } else if (name === 'regex') reads(first, form, found);
    else tree.slice(1).forEach((part) => reads(part, form, found));
    return found;
  }

  // Calls that give the same in every row and read whole columns: computed once while a column is.
  function constants(tree, found) {
    if (!Array.isArray(tree)) return { fixed: true, column: false };
    const [name] = tree;
    if (name === '$c') return { fixed: true, column: true };
    if (name === '$f' || name === '$x' || name === 'parameter' || name === 'today') return { fixed: true, column: false };
    if (['$h', '.', 'name', 'rows', 'indexed-repeat', 'position', 'row', 'jr:choice-name', 'regex', '?'].includes(name)) {
      return { fixed: false, column: false };
    }
    const parts = tree.slice(1).map((part) => constants(part, found));
    const fixed = parts.every((part) => part.fixed);
    const column = parts.some((part) => part.column);
    if (fixed && column) found.add(tree);
    return { fixed, column };
  }

  class Report {
    constructor(form) {
      this.form = form;
      this.heights = form.fields.map((field) => (field.table === null ? 1 : form.tables[field.table].rows.length));
      this.given = this.heights.map((height) => new Array(height).fill(null));
      this.values = this.heights.map((height) => new Array(height).fill(null));
      this.shown = this.heights.map((height) => new Array(height).fill(false));
      this.conditions = form.conditions.map(() => null);
      this.fixed = new Set();
      this.memo = new Map();
      this.around = new Map();
      // Who reads a field: other fields, conditions, constraints.
      this.readers = form.fields.map(() => []);
      this.conditionReaders = form.fields.map(() => []);
      this.judges = form.fields.map(() => []);
      this.inside = form.conditions.map(() => []);
      form.fields.forEach((field, number) => {
        for (const tree of [field.relevant, field.calculation]) this.note(tree, number, this.readers);
        this.note(field.constraint, number, this.judges);
        field.within.forEach((condition) => this.inside[condition].push(number));
      });
      form.conditions.forEach((tree, number) => this.note(tree, number, this.conditionReaders));
      this.env = this.surroundings();
    }

    note(tree, reader, into) {
      if (tree === null) return;
      constants(tree, this.fixed);
      for (const [field, kind] of reads(tree, this.form)) {
        const known = into[field].some(([other, how]) => other === reader && how === kind);
        if (!known) into[field].push([reader, kind]);
      }
    }

    surroundings() {
      const report = this;
      const known = (value) => { if (value === UNKNOWN) throw new Unknown(); return value; };
      const env = {
        here: null,
        at: 0,
        table: null,
        fixed: this.fixed,
        memo: this.memo,
        today: expr.value(this.form.today),
        reference([kind, field, row]) {
          if (kind === '$h') return known(report.values[field][env.at]);
          if (kind === '$f') return known(report.values[field][0]);
          if (kind === '$x') return known(report.values[field][row]);
          if (kind === '$c') return report.values[field].map(known);
          if (kind === '$r') return report.form.tables[field].rows.map(() => true);
          throw new Unknown();
        },
        rows: (table) => report.form.tables[table].rows.length,
        cell: (table, row, field) => known(report.values[field][row]),
        position: () => (env.table === null ? null : env.at),
        parameter: (name) => expr.value(report.form.parameters[name] ?? null),
        row: (name) => (env.table === null ? null : expr.value(report.form.tables[env.table].rows[env.at][name] ?? null)),
        choiceName: (field, code) => (report.form.fields[field].choices || {})[code] ?? null,
        name() { throw new Unknown(); },
      };
      return env;
    }

    evaluate(tree, table, row, here = null) {
      const { env } = this;
      [env.at, env.table, env.here] = [row, table, here];
      try {
        return expr.evaluate(tree, env);
      } catch (error) {
        if (error instanceof Unknown) return UNKNOWN;
        throw error;
      }
    }

    holds(number) {
      if (this.conditions[number] === null) {
        const value = this.evaluate(this.form.conditions[number], null, 0);
        this.conditions[number] = value === UNKNOWN ? UNKNOWN : value === true;
      }
      return this.conditions[number];
    }

    // Returns whether anything that others may read has changed.
    compute(number, row) {
      const field = this.form.fields[number];
      const around = field.within.map((condition) => this.holds(condition));
      let shown = around.includes(false) ? false : around.includes(UNKNOWN) ? UNKNOWN : true;
      if (shown === true && field.relevant !== null) {
        const relevant = this.evaluate(field.relevant, field.table, row);
        shown = relevant === UNKNOWN ? UNKNOWN : relevant === true;
      }
      let value = null;
      if (shown === UNKNOWN) value = UNKNOWN;
      else if (shown) value = field.filtered ? UNKNOWN : field.calculation === null ? this.given[number][row] : this.evaluate(field.calculation, field.table, row);
      if (typeof value === 'number' && !Number.isFinite(value)) value = null;
      const before = [this.shown[number][row], this.values[number][row]];
      [this.shown[number][row], this.values[number][row]] = [shown, value];
      return before[0] !== shown || !same(before[1], value);
    }

    // Everything, from the answers; returns nothing.
    fill(answers) {
      answers.forEach(([field, row, value]) => { this.given[field][row] = value; });
      this.conditions.fill(null);
      for (const number of this.form.order) {
        this.memo.clear();
        for (let row = 0; row < this.heights[number]; row += 1) this.compute(number, row);
      }
    }

    // One answer; returns the places that have changed, and the places whose constraint is to be looked at again.
    set(field, row, value) {
      this.given[field][row] = value;
      const dirty = new Map([[field, new Set([row])]]);
      const mark = (number, rows) => {
        if (!dirty.has(number)) dirty.set(number, new Set());
        rows.forEach((at) => dirty.get(number).add(at));
      };
      const every = (number) => Array.from({ length: this.heights[number] }, (_, at) => at);
      const [changed, judged] = [[], new Map()];
      for (const number of this.form.order) {
        const rows = dirty.get(number);
        if (!rows) continue;
        this.memo.clear();
        const moved = [...rows].filter((at) => this.compute(number, at));
        if (!moved.length) continue;
        moved.forEach((at) => changed.push([number, at]));
        for (const [reader, kind] of this.readers[number]) mark(reader, kind === 'h' ? moved : every(reader));
        for (const [reader, kind] of this.judges[number]) {
          if (!judged.has(reader)) judged.set(reader, new Set());
          (kind === 'h' ? moved : every(reader)).forEach((at) => judged.get(reader).add(at));
        }
        for (const [condition] of this.conditionReaders[number]) {
          const before = this.conditions[condition];
          this.conditions[condition] = null;
          if (this.holds(condition) !== before) this.inside[condition].forEach((inner) => mark(inner, every(inner)));
        }
        if (!judged.has(number)) judged.set(number, new Set());
        moved.forEach((at) => judged.get(number).add(at));
      }
      return { changed, judged: [...judged].flatMap(([number, rows]) => [...rows].map((at) => [number, at])) };
    }

    // Whether an answer that is there breaks its constraint; false where the server has to say.
    broken(number, row) {
      const { constraint, table } = this.form.fields[number];
      const value = this.values[number][row];
      if (constraint === null || this.shown[number][row] !== true || value === UNKNOWN || expr.isEmpty(value)) return false;
      this.memo.clear();
      return this.evaluate(constraint, table, row, value) === false;
    }
  }

  const api = { Report, UNKNOWN };
  if (typeof module === 'object' && module.exports) module.exports = api;
  else root.svodForm = api;
})(typeof globalThis === 'object' ? globalThis : this);
