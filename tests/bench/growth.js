/** How time and memory grow with the number of covers: called by `cargo xtask bench growth`. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { measureGrowth } from './measure/growth.js';
import { growthPlot, growthTable } from './report/growth.js';
import { conditionLines } from './report/markdown.js';
import { setUp } from './setup.js';

const setup = await setUp();
try {
  const growth = [];
  for (const bench of setup.benches) {
    const points = await measureGrowth(bench);
    growth.push(...bench.contestants.map((contestant) => ({ contestant, points: points.get(contestant.id) ?? [] })));
  }
  const { out, conditions } = setup;
  const date = new Date().toISOString().slice(0, 10);
  const text = [...conditionLines({ date, conditions }), '', growthTable(growth), ''].join('\n');
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'growth.md'), text);
  writeFileSync(join(out, 'growth.json'), JSON.stringify({ date, conditions, growth }, null, 1));
  writeFileSync(join(out, 'growth.svg'), await growthPlot(growth));
  process.stdout.write(text);
  process.stderr.write(`   written to ${out}\n`);
} finally {
  setup.close();
}
