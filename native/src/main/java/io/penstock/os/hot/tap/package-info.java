/** What goes through the host's TAP device, byte by byte. Hot: runs on worker threads. */
package io.penstock.os.hot.tap;
