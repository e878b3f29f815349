// A form as the browser keeps it: filled with its answers, then answered one by one; both must be what the server has.
'use strict';
const path = require('path');
const assets = path.join(__dirname, '../../src/web/assets');
const expr = require(path.join(assets, 'expr.js'));
const { Report, UNKNOWN } = require(path.join(assets, 'form.js'));

const told = (report) => report.values.map((rows, field) => rows.map((value, row) =>
  (value === UNKNOWN || report.shown[field][row] === UNKNOWN ? '?' : [report.shown[field][row], expr.plain(value), report.broken(field, row)])));

for (const line of require('fs').readFileSync(0, 'utf8').split('\n').filter((line) => line)) {
  const form = JSON.parse(line);
  const answers = form.values.map(([field, row, value]) => [field, row, expr.value(value)]);
  const filled = new Report(form);
  filled.fill(answers);
  const edited = new Report(form);
  edited.fill([]);
  // Something else first, so that every answer is a change of one.
  for (const [field, row] of answers) edited.set(field, row, null);
  for (const [field, row, value] of [...answers].reverse()) edited.set(field, row, value);
  const started = process.hrtime.bigint();
  for (let times = 0; times < (form.times || 0); times += 1) {
    const [field, row] = form.edits[times % form.edits.length];
    edited.set(field, row, times % 100);
  }
  const took = Number(process.hrtime.bigint() - started) / 1e6;
  process.stdout.write(JSON.stringify(form.times ? { took, last: told(edited).flat().length } : [told(filled), told(edited)]) + '\n');
}
