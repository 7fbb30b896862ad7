/** Start of the page /phone-check. */

import { showCheck } from './screens/phone_check.js';

const box = document.getElementById('phone-check');
if (box) void showCheck(box);
