/** How cost grows, as text and as a plot. */

import { toSvg } from './plot.js';
import { theilSen } from './statistics.js';

/** @typedef {import('../contestants.js').Contestant} Contestant */
/** @typedef {import('../measure/growth.js').Point} Point */

/** @typedef {{contestant: Contestant, points: Point[]}} Growth */

/**
 * The exponent of growth: 1 where time is proportional to the number of covers, more where a cover takes the longer
 * the more came before it.
 * @param {Point[]} points
 * @returns {number} the slope of the logarithms; NaN of fewer than two points
 */
export function exponent(points) {
  return theilSen(points.map(({ covers, milliseconds }) => [Math.log(covers), Math.log(milliseconds)]));
}

/**
 * @param {Growth[]} growth
 * @returns {string}
 */
export function growthTable(growth) {
  const lines = growth.map(({ contestant, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last) return `| ${contestant.title} | – | – | – | – | – |`;
    const cells = [
      contestant.title,
      last.covers,
      (last.milliseconds / 1000).toFixed(1),
      exponent(points.filter(({ covers }) => covers >= STEADY)).toFixed(2),
      memory(contestant, first).toFixed(0),
      memory(contestant, last).toFixed(0),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| | covers | seconds | exponent | peak after the first, MB | after the last, MB |', '| --- | ---: | ---: | ---: | ---: | ---: |', ...lines].join('\n');
}

/** Below so many covers, it is the noise of the single ones that is seen. */
const STEADY = 10;

/**
 * @param {Contestant} contestant
 * @param {Point} point
 */
const memory = ({ backend }, { peakTab, peakGpu }) => peakTab + (backend === 'webgpu' ? peakGpu : 0);

/** @param {Growth[]} growth */
export function growthPlot(growth) {
  const values = growth.flatMap(({ contestant, points }) =>
    points.map((point) => ({
      contestant: contestant.title,
      covers: point.covers,
      seconds: point.milliseconds / 1000,
      memory: memory(contestant, point),
    })),
  );
  const curve = (/** @type {string} */ field, /** @type {string} */ title) => /** @type {const} */ ({
    width: 320,
    height: 240,
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'covers', type: 'quantitative', title: 'covers' },
      y: { field, type: 'quantitative', title },
      color: { field: 'contestant', type: 'nominal', sort: null, title: null },
    },
  });
  return toSvg({ data: { values }, hconcat: [curve('seconds', 'seconds since the first'), curve('memory', 'peak memory, MB')] });
}
