/** What the package's README tells a project to do before it is built. */

import { cp } from 'node:fs/promises';

await cp('node_modules/undercover-covers', 'public/undercover', { recursive: true });
