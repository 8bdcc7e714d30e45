/**
 * A thread of the networks, under the name that they start it by.
 *
 * @module
 */

import "../backends/builtin/thread.ts";
