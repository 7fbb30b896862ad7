/** Reads an enrolment code. Pure. */

/**
 * The enrolment code in a link, a scanned QR or typed text: `…/enrol#CODE`, or the bare code.
 * @param {string} text
 * @returns {string} upper case, without spaces and hyphens
 */
export function enrolmentCode(text) {
  const fragment = /\/enrol\/?#(.+)$/is.exec(text.trim());
  let code = fragment?.[1] ?? text.trim();
  try {
    code = decodeURIComponent(code);
  } catch {
    // A stray % is part of a wrong code; the server says so.
  }
  return code.replaceAll(/[\s-]/g, '').toUpperCase();
}
