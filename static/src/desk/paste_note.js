/** A note pasted into the one-line search keeps its lines apart: a browser would glue their numbers together. */

/** @param {Document} page */
export function keepPastedLinesApart(page) {
  const field = page.getElementById('find');
  if (!(field instanceof HTMLInputElement)) return;
  field.addEventListener('paste', (event) => {
    const pasted = event.clipboardData?.getData('text/plain') ?? '';
    const apart = lineBreaksAsSemicolons(pasted);
    if (apart === pasted.trim()) return;
    event.preventDefault();
    const end = field.selectionEnd ?? field.value.length;
    field.setRangeText(apart, field.selectionStart ?? end, end, 'end');
  });
}

/** @param {string} text @returns {string} */
export const lineBreaksAsSemicolons = (text) => text.trim().replace(/\s*[\r\n]+\s*/g, '；');
