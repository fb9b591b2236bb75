/**
 * Packet headers as static accessors over absolute addresses, and the sums and hashes over them. Hot: called per packet
 * from worker threads, stateless, so any thread may call anything here on memory that it owns; public to every module
 * above. Nothing here judges a packet: who calls an accessor has checked that the header's bytes are there.
 */
package io.penstock.os.hot.packet;
