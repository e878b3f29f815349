// Evaluates expressions as the browser would: one JSON object a line comes in, one JSON value a line goes out.
'use strict';
const path = require('path');
const expr = require(path.join(__dirname, '../../src/web/assets/expr.js'));
const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter((line) => line);
const said = lines.map((line) => {
  const { tree, env } = JSON.parse(line);
  const { refs, rows, cells, parameters, row, position, today, choices } = env;
  const read = (value) => expr.value(value === undefined ? null : value);
  const surroundings = {
    here: null,
    today: read(today),
    reference: (tree) => read(refs[tree[1]]),
    rows: (of) => rows[of] || 0,
    cell: (of, at, column) => read((cells[of + ' ' + column] || [])[at]),
    position: () => position,
    parameter: (name) => read(parameters[name]),
    row: (name) => read(row[name]),
    choiceName: (question, code) => read((choices[question] || {})[code]),
  };
  try {
    return JSON.stringify(expr.plain(expr.evaluate(tree, surroundings)));
  } catch (error) {
    return JSON.stringify({ thrown: String(error.stack) });
  }
});
process.stdout.write(said.join('\n') + '\n');
