/** The desk pages work without this; it adds the take's timeline, times that stay true, and small comforts. */

import { keepBusy } from './busy.js';
import { offerCopies } from './copy.js';
import { takeDrops } from './drop_files.js';
import { Film } from './film.js';
import { offerPasskeys } from './passkey.js';
import { sendJobs } from './job_upload.js';
import { helpLetters } from './letters.js';
import { keepPastedLinesApart } from './paste_note.js';
import { openWithoutPopover } from './popovers.js';
import { offerPush } from './push.js';
import { keepTimesTrue } from './time_left.js';

for (const article of document.querySelectorAll('[data-film]')) {
  if (article instanceof HTMLElement) Film.on(article);
}
keepTimesTrue(document.body);
keepBusy(document);
offerCopies(document);
sendJobs(document);
takeDrops(document);
helpLetters(document);
openWithoutPopover(document);
offerPasskeys(document);
offerPush(document);
keepPastedLinesApart(document);
