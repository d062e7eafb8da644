/** What the visitor hands over, whichever way. */

/**
 * @typedef {object} Picture
 * @property {import('../undercover.js').Source} source
 * @property {string} name as the visitor knows it
 */

/** @typedef {(pictures: Picture[]) => void} OnPictures */

/** @typedef {(error: {code: string, message?: string, detail?: string}) => void} OnTrouble */

/**
 * @param {Iterable<File>} files
 * @returns {Picture[]}
 */
export function fromFiles(files) {
  return Array.from(files, (file) => ({ source: file, name: file.webkitRelativePath || file.name }));
}

/**
 * @param {string} address
 * @returns {Picture}
 */
export function fromAddress(address) {
  const path = address.split(/[?#]/)[0].split('/').filter(Boolean);
  return { source: address, name: (!address.startsWith('data:') && path.at(-1)) || 'picture' };
}
