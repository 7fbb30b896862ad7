/** The limits that follow from the receipt alone, as burned into a take's pixels. All other clocks are the server's. */

const HOUR = 3_600_000;

/** Hours after the receipt (S3-10: 24–48 h, S2-11: 2 days, S2-21: 72 h; AMB-08: separate clocks, never merged). */
export const RECEIPT_LIMIT_HOURS = Object.freeze([24, 48, 72]);

/**
 * @param {number} receivedMs epoch milliseconds, server's clock
 * @returns {number[]} epoch milliseconds of the 24, 48 and 72 h limits
 */
export function receiptLimits(receivedMs) {
  return RECEIPT_LIMIT_HOURS.map((hours) => receivedMs + hours * HOUR);
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {string} zone IANA name
 * @returns {Intl.DateTimeFormat}
 */
function formatFor(zone) {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

/**
 * The wall clock of a zone at an instant, minutes cut off. The offset is computed, not asked of `timeZoneName`: older
 * phones lack `longOffset`.
 * @param {number} ms epoch milliseconds
 * @param {string} zone IANA name, for example Asia/Shanghai
 * @returns {string} `2026-11-21 14:05 (UTC+8)`
 * @throws {RangeError} unknown zone
 */
export function formatInstant(ms, zone) {
  const parts = Object.fromEntries(formatFor(zone).formatToParts(ms).map(({ type, value }) => [type, value]));
  const { year, month, day, hour, minute, second } = parts;
  const local = Date.UTC(+year, +month - 1, +day, +hour, +minute, +second);
  const east = Math.round((local - Math.floor(ms / 1000) * 1000) / 60_000);
  return `${year}-${month}-${day} ${hour}:${minute} (${utcName(east)})`;
}

/**
 * @param {number} minutes east of UTC
 * @returns {string} `UTC`, `UTC+8`, `UTC-3:30`
 */
export function utcName(minutes) {
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  const rest = size % 60 ? `:${String(size % 60).padStart(2, '0')}` : '';
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${rest}`;
}
