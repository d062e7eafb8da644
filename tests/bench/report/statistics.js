/** What is said of several measurements. */

/**
 * @param {number[]} values
 * @param {number} share from 0 to 1
 * @returns {number} the smallest value that at least this share are at most; NaN of none
 */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/**
 * @param {number[]} values
 * @returns {number} NaN of none
 */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return (low + high) / 2;
}

/**
 * The slope of a line through points by the estimator of Theil and Sen, which outliers hardly move: the median of the
 * slopes between all pairs (Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968).
 * @param {[number, number][]} points with different first coordinates
 * @returns {number} NaN of fewer than two
 */
export function theilSen(points) {
  return median(points.flatMap(([x, y], index) => points.slice(index + 1).map(([u, v]) => (v - y) / (u - x))));
}
