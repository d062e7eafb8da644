/** Nothing: what a tab takes before there is a program in it. */

import { run } from './shell.js';

run(async () => ({ classify: async () => [] }));
