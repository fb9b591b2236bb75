/**
 * System calls through the FFM linker, and errors that name the call, its arguments and the remedy. Control, except for
 * the few calls that workers make once a batch ({@link io.penstock.os.sys.Linux#sendto}, {@code recvfrom}, {@code poll}).
 */
package io.penstock.os.sys;
