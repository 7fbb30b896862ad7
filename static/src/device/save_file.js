/** Hands a large file to the person: written to a chosen place where the browser can, shared or downloaded elsewhere. */

/**
 * @param {string} name
 * @returns {Promise<{write: (bytes: Uint8Array) => Promise<void>, close: () => Promise<void>, abort: () => Promise<void>} | null>}
 *   null: the person chose nothing. Must be called in the tap itself: browsers ask only then.
 */
export async function fileToSave(name) {
  const pick = /** @type {any} */ (globalThis).showSaveFilePicker;
  if (typeof pick === 'function') {
    try {
      const handle = await pick.call(globalThis, { suggestedName: name, types: [{ accept: { 'application/zip': ['.zip'] } }] });
      return await handle.createWritable();
    } catch (error) {
      if (/** @type {Error} */ (error).name === 'AbortError') return null;
      // Not allowed here (an embedded browser): the download below works in more places.
    }
  }
  return collected(name);
}

/** Pieces become Blobs at once: browsers keep those on disk when there are many. @param {string} name */
function collected(name) {
  /** @type {Blob[]} */
  let parts = [];
  return {
    /** @param {Uint8Array} bytes */
    write: async (bytes) => void parts.push(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)])),
    close: async () => {
      const file = new File(parts, name, { type: 'application/zip' });
      parts = [];
      if (!(await shared(file))) download(file);
    },
    abort: async () => void (parts = []),
  };
}

/** Sharing is how an installed app of iOS lets a file out. @param {File} file @returns {Promise<boolean>} */
async function shared(file) {
  if (!navigator.canShare?.({ files: [file] })) return false;
  try {
    await navigator.share({ files: [file] });
    return true;
  } catch (error) {
    // The person turned it away, or the tap was too long ago: then the download.
    return /** @type {Error} */ (error).name === 'AbortError';
  }
}

/** @param {File} file */
function download(file) {
  const url = URL.createObjectURL(file);
  const link = Object.assign(document.createElement('a'), { href: url, download: file.name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10 * 60_000);
}
