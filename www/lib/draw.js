/** A cover as the network sees it: the centre square. */

/**
 * @param {CanvasRenderingContext2D} context of a square canvas
 * @param {ImageBitmap} bitmap
 */
export function drawCentreSquare(context, bitmap) {
  const side = Math.min(bitmap.width, bitmap.height);
  const { width: size } = context.canvas;
  const [x, y] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  context.fillStyle = 'white';
  context.fillRect(0, 0, size, size);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, x, y, side, side, 0, 0, size, size);
}
