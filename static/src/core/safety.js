/** May this phone be put away, or wiped? A plain yes or no, why, and what to do. Pure. */

/**
 * `records`: not answered by the server; `films`, `photos`: whose bytes it has not verified; `aside`: what it cannot take;
 * `filmsWait`: films wait for Wi-Fi by the worker's choice.
 * @typedef {{filming: boolean, records: number, films: number, photos: number, aside: number, online: boolean | null,
 *   filmsWait: boolean}} Held
 */
/** `why` and `todo` name words: `sync.why_…`, `sync.todo_…`. @typedef {{safe: boolean, why: {code: string, n: number}[], todo: string[]}} Safety */

/** @param {Held} held @returns {Safety} */
export function judge({ filming, records, films, photos, aside, online, filmsWait }) {
  const why = [
    { code: 'filming', n: filming ? 1 : 0 },
    { code: 'records', n: records },
    { code: 'films', n: films },
    { code: 'photos', n: photos },
    { code: 'aside', n: aside },
  ].filter(({ n }) => n > 0);
  const todo = [];
  if (filming) todo.push('finish');
  if (records + films + photos > 0) todo.push(online === false ? 'connect' : filmsWait && records + photos === 0 ? 'send_films' : 'wait');
  if (aside > 0) todo.push('office');
  if (why.length > 0 && !filming) todo.push('save');
  return { safe: why.length === 0, why, todo };
}
