/**
 * A heat map over a cover: it glows where the evidence lies, and dims where it speaks against. Lines of equal evidence,
 * close as the grooves of a record, are seen on covers of every colour.
 */

/** Of what speaks against, as red, green and blue. */
const DARK = [12, 9, 7];
/** Of the lines. */
const LINE = [255, 250, 238];
/** Most that is laid over the cover, from 0 to 1. */
const MOST = 0.86;
/** How many lines there are from no evidence to the strongest, that one not counted. */
const LINES = 3;
/** Half of a line's width in pixels, and with its dark edges, which are seen on light covers. */
const [HALF, HALF_WITH_EDGES] = [0.9, 2.1];
/** How much of a line, and of its edges, is laid over the cover, from 0 to 1. */
const [LINE_OPAQUE, EDGE_OPAQUE] = [0.85, 0.45];

/**
 * Draws the map over the whole canvas, which is laid over the centre square of the cover.
 * @param {HTMLCanvasElement} canvas square
 * @param {{width: number, height: number}} size of the map, in places
 * @param {ArrayLike<number>} evidence row by row from the top left
 * @param {[number, number, number]} glow red, green and blue of what speaks for it
 */
export function drawHeat(canvas, { width, height }, evidence, glow) {
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = new ImageData(canvas.width, canvas.height);
  const rows = enlarge(evidence, width, height, image.width);
  paint(image, enlarge(rows, height, image.width, image.height), glow);
  context.putImageData(image, 0, 0);
}

/**
 * Enlarges the rows of a grid by cubic B-splines, whose lines have no kinks, and turns the grid about its diagonal: done
 * twice, both sides are enlarged.
 * @param {ArrayLike<number>} grid row by row
 * @param {number} from the length of a row
 * @param {number} rows
 * @param {number} to the new length of a row
 * @returns {Float32Array} column by column
 */
function enlarge(grid, from, rows, to) {
  const turned = new Float32Array(to * rows);
  for (let x = 0; x < to; x += 1) {
    const place = ((x + 0.5) * from) / to - 0.5;
    const [first, t] = [Math.floor(place) - 1, place - Math.floor(place)];
    const weights = [(1 - t) ** 3, 3 * t ** 3 - 6 * t ** 2 + 4, 3 * (1 - t) ** 3 - 6 * (1 - t) ** 2 + 4, t ** 3];
    const columns = weights.map((_, index) => Math.min(Math.max(first + index, 0), from - 1));
    for (let row = 0; row < rows; row += 1) {
      let sum = 0;
      for (let index = 0; index < 4; index += 1) sum += weights[index] * grid[row * from + columns[index]];
      turned[x * rows + row] = sum / 6;
    }
  }
  return turned;
}

/**
 * @param {ImageData} image
 * @param {Float32Array} evidence at every pixel
 * @param {[number, number, number]} glow
 */
function paint({ data, width }, evidence, glow) {
  // By the strongest place, on either side: how sure the network is, the bars tell.
  const strongest = evidence.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  for (let at = 0; at < evidence.length; at += 1) {
    const share = evidence[at] / strongest;
    const away = fromLine(share, steepness(evidence, at, width) / strongest);
    const line = LINE_OPAQUE * covered(HALF - away);
    const edge = EDGE_OPAQUE * covered(HALF_WITH_EDGES - away);
    // From below: the glow or the dark, the edge, the line.
    const under = MOST * Math.abs(share) ** 0.8 * (1 - edge) * (1 - line);
    const dark = edge * (1 - line) + (share > 0 ? 0 : under);
    const bright = share > 0 ? under : 0;
    const whole = line + dark + bright;
    for (let channel = 0; channel < 3; channel += 1) {
      data[4 * at + channel] = (LINE[channel] * line + DARK[channel] * dark + glow[channel] * bright) / (whole || 1);
    }
    data[4 * at + 3] = 255 * whole;
  }
}

/**
 * How far the nearest line is, in pixels.
 * @param {number} share of the strongest evidence
 * @param {number} steepness of the share, per pixel
 */
function fromLine(share, steepness) {
  const step = share * (LINES + 1);
  const nearest = Math.min(Math.max(Math.round(step), 1), LINES);
  return Math.abs(step - nearest) / (LINES + 1) / (steepness || 1);
}

/**
 * How much of a pixel is covered by what ends so far beyond its middle, from 0 to 1.
 * @param {number} distance in pixels
 */
function covered(distance) {
  return Math.min(Math.max(distance + 0.5, 0), 1);
}

/**
 * @param {Float32Array} values row by row
 * @param {number} at
 * @param {number} width of a row
 */
function steepness(values, at, width) {
  const value = values[at];
  // Behind the end of a row is another.
  const across = (at + 1) % width ? values[at + 1] - value : 0;
  const down = at + width < values.length ? values[at + width] - value : 0;
  return Math.sqrt(across * across + down * down);
}

/** @param {HTMLCanvasElement} canvas */
export function clearHeat(canvas) {
  canvas.getContext('2d')?.clearRect(0, 0, canvas.width, canvas.height);
}

/**
 * A CSS colour as red, green and blue.
 * @param {string} colour
 * @returns {[number, number, number]}
 */
export function channels(colour) {
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  if (!context) return [0, 0, 0];
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
