/** The report as text. */

/** @typedef {import('./table.js').Table} Table */
/** @typedef {import('./table.js').Row} Row */

/**
 * @typedef {object} Report
 * @property {string} date
 * @property {Record<string, string>} conditions
 * @property {string[]} notes
 * @property {Table[]} tables
 */

/**
 * @param {Report} report
 * @returns {string}
 */
export function toMarkdown({ date, conditions, notes, tables }) {
  const lines = conditionLines({ date, conditions });
  for (const table of tables) lines.push('', `### ${TITLES[table.backend]}`, '', ...tableLines(table));
  lines.push('', ...notes.map((note) => `- ${note}`), '');
  return lines.join('\n');
}

/** @param {Pick<Report, 'date' | 'conditions'>} report */
export function conditionLines({ date, conditions }) {
  const lines = Object.entries(conditions).map(([name, value]) => `- ${name}: ${value}`);
  return [`Measured on ${date} by \`cargo xtask bench\`.`, '', ...lines];
}

const TITLES = { cpu: 'On the CPU', webgpu: 'On the GPU' };

/** @param {Table} table */
function tableLines({ contestants, rows }) {
  const head = ['', ...contestants.map(({ title }) => title), 'ratio to the best peer', 'target'];
  return [line(head), line(head.map((_, index) => (index ? '---:' : '---'))), ...rows.map((row) => line(cells(row)))];
}

/** @param {Row} row */
function cells({ metric, values, ratio, target, met }) {
  const figures = values.map((value) => (Number.isFinite(value) ? value.toFixed(metric.digits) : '–'));
  const sign = metric.moreIsBetter ? '≥' : '≤';
  const goal = target === null ? '' : `${sign} ${target}${met === null ? '' : met ? ', met' : ', missed'}`;
  return [metric.title, ...figures, ratio === null ? '' : ratio.toFixed(2), goal];
}

/** @param {string[]} cells */
const line = (cells) => `| ${cells.join(' | ')} |`;
