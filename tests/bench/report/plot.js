/** Plots as SVG files. */

import * as vega from 'vega';
import { compile } from 'vega-lite';

/** @typedef {import('vega-lite').TopLevelSpec} Spec */

const OURS = '#c2410c';
const PEERS = '#8a94a6';

/** The look of all plots: on white, so that they can be read on a dark page too. */
const CONFIG = /** @type {const} */ ({
  background: 'white',
  font: 'system-ui, sans-serif',
  axis: { labelFontSize: 11, labelLimit: 320, titleFontSize: 12, titleFontWeight: 'normal' },
  header: { labelFontSize: 12, labelFontWeight: 'bold' },
});

/**
 * @param {Spec} spec of vega-lite
 * @returns {Promise<string>}
 */
export function toSvg(spec) {
  const { spec: compiled } = compile({ config: CONFIG, ...spec });
  return new vega.View(vega.parse(compiled), { renderer: 'none' }).toSVG();
}

/**
 * One small plot for each figure that is compared.
 * @param {import('./table.js').Table} table
 */
export function tablePlot({ contestants, rows }) {
  const values = rows
    .filter(({ metric }) => metric.compared)
    .flatMap(({ metric, values }) =>
      contestants.map(({ title, ours }, index) => ({
        metric: metric.title,
        contestant: title,
        ours,
        value: Number.isFinite(values[index]) ? values[index] : null,
      })),
    );
  return toSvg({
    data: { values },
    facet: { field: 'metric', type: 'nominal', sort: null, title: null, header: { labelAnchor: 'start' } },
    columns: 2,
    spec: {
      width: 260,
      height: { step: 18 },
      mark: 'bar',
      encoding: {
        x: { field: 'value', type: 'quantitative', title: null },
        y: { field: 'contestant', type: 'nominal', sort: null, title: null },
        color: {
          field: 'ours',
          type: 'nominal',
          scale: { domain: [true, false], range: [OURS, PEERS] },
          legend: null,
        },
      },
    },
    resolve: { scale: { x: 'independent' } },
  });
}
