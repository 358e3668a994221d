/** The styles of the pages that are not shown first: they come after what is, and before they are needed. */

/** @type {Promise<void> | null} */
let coming = null;

/** Load them, once; where they do not come, a page is shown plainly and the next one asks again. */
export function laterStyles() {
  coming ??= new Promise((done) => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = "/desk/styles/later.css";
    sheet.onload = () => done();
    sheet.onerror = () => {
      coming = null;
      sheet.remove();
      done();
    };
    document.head.append(sheet);
  });
  return coming;
}
