/**
 * Absolute-address access to memory, checked on demand. Hot: called per packet from worker threads; public to every
 * module above.
 */
package io.penstock.os.hot.memory;
