/** A heat map over a cover: it glows where the evidence lies, and dims where it speaks against. */

/** Of what speaks against, as red, green and blue. */
const DIM = [12, 9, 7];
/** Most that is taken from, or laid over, the cover, from 0 to 1. */
const MOST = 0.86;

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
  context.clearRect(0, 0, canvas.width, canvas.height);
  const places = new OffscreenCanvas(width, height);
  places.getContext('2d')?.putImageData(colours(width, height, evidence, glow), 0, 0);
  context.imageSmoothingQuality = 'high';
  context.drawImage(places, 0, 0, canvas.width, canvas.height);
}

/**
 * @param {number} width
 * @param {number} height
 * @param {ArrayLike<number>} evidence
 * @param {[number, number, number]} glow
 */
function colours(width, height, evidence, glow) {
  const image = new ImageData(width, height);
  // By the strongest place, on either side: how sure the network is, the bars tell.
  const strongest = Math.max(...Array.from(evidence, Math.abs)) || 1;
  for (let at = 0; at < width * height; at += 1) {
    const share = evidence[at] / strongest;
    const colour = share > 0 ? glow : DIM;
    image.data.set([...colour, 255 * MOST * Math.abs(share) ** 0.8], 4 * at);
  }
  return image;
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
