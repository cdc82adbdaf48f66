// @ts-check
/**
 * A file that was dropped anywhere on the page, on its way to the start view.
 *
 *   watchDrops(go)       files may be dropped on the whole page from now on; `go()` shows the start view
 *   handed.take() -> File|null, handed.onChange(f) -> off
 *   filesOf(transfer) -> Promise([{path, file}])     also of folders, with paths in them
 */
import { Told } from "../../core/told.js";

// What is dropped by mistake, as a whole home folder, is not read to its end.
const MOST_FILES = 500;

class Handed {
  constructor() {
    /** @type {File|null} */
    this._file = null;
    /** @type {Told<void>} */
    this._told = new Told();
  }

  /** @param {File} file */
  put(file) {
    this._file = file;
    this._told.tell();
  }

  take() {
    const file = this._file;
    this._file = null;
    return file;
  }

  /** @param {() => void} told */
  onChange(told) {
    return this._told.add(told);
  }
}

export const handed = new Handed();

/** @param {DragEvent} event */
function hasFiles(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/**
 * @param {() => void} go
 * @param {() => string} [off] why nothing may be started now; "": it may
 */
export function watchDrops(go, off = () => "") {
  const root = document.documentElement;
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    // Otherwise the browser would leave the page for the file.
    event.preventDefault();
    if (off() === "") root.dataset.drop = "over";
    else if (event.dataTransfer) event.dataTransfer.dropEffect = "none";
  });
  const over = () => {
    delete root.dataset.drop;
  };
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) over();
  });
  addEventListener("drop", (event) => {
    over();
    if (!hasFiles(event)) return;
    const taken = event.defaultPrevented;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (taken || !file || off() !== "") return;
    handed.put(file);
    go();
  });
}

/**
 * @param {DataTransfer} transfer
 * @returns {Promise<{path: string, file: File}[]>}
 */
export async function filesOf(transfer) {
  // Entries have to be asked for before anything is waited for.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...transfer.files];
  /** @type {{path: string, file: File}[]} */
  const found = [];
  for (const [at, entry] of entries.entries()) {
    if (entry?.isDirectory) await intoFolder(/** @type {FileSystemDirectoryEntry} */ (entry), "", found);
    else if (plain[at])
      found.push({ path: /** @type {File} */ (plain[at]).name, file: /** @type {File} */ (plain[at]) });
  }
  return found;
}

/**
 * @param {FileSystemDirectoryEntry} folder
 * @param {string} before path of the folder, with a slash at its end
 * @param {{path: string, file: File}[]} found
 */
async function intoFolder(folder, before, found) {
  const reader = folder.createReader();
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const part = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (part.length === 0 || found.length >= MOST_FILES) return;
    for (const entry of part) {
      const path = `${before}${entry.name}`;
      if (entry.isDirectory) await intoFolder(/** @type {FileSystemDirectoryEntry} */ (entry), `${path}/`, found);
      else {
        const file = await new Promise((done, failed) => /** @type {FileSystemFileEntry} */ (entry).file(done, failed));
        found.push({ path, file });
      }
    }
  }
}
