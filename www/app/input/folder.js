/** The files in dropped folders, however deep. */

/**
 * @param {FileSystemEntry[]} entries
 * @returns {Promise<File[]>}
 */
export async function filesUnder(entries) {
  const files = [];
  for (const entry of entries) {
    if (entry.isDirectory) {
      files.push(...(await filesUnder(await readFolder(/** @type {FileSystemDirectoryEntry} */ (entry)))));
    } else if (!entry.name.startsWith('.')) {
      files.push(await readFile(/** @type {FileSystemFileEntry} */ (entry)));
    }
  }
  return files;
}

/**
 * @param {FileSystemDirectoryEntry} folder
 * @returns {Promise<FileSystemEntry[]>}
 */
async function readFolder(folder) {
  const reader = folder.createReader();
  const entries = [];
  // A reader gives a hundred at a time.
  for (;;) {
    const part = await /** @type {Promise<FileSystemEntry[]>} */ (
      new Promise((resolve, reject) => reader.readEntries(resolve, reject))
    );
    if (!part.length) return entries;
    entries.push(...part);
  }
}

/**
 * @param {FileSystemFileEntry} entry
 * @returns {Promise<File>}
 */
function readFile(entry) {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
