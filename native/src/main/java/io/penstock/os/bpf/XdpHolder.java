package io.penstock.os.bpf;

import io.penstock.os.sys.Linux;
import io.penstock.os.sys.SysException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Who holds a device's XDP hook: the program, and the processes that keep it there.
 *
 * <p>Asked of rtnetlink, which knows programs attached by a link and by {@code ip link} alike and whose ifindex is that
 * of the calling thread's network namespace. Source: rtnetlink(7), linux/if_link.h (IFLA_XDP).
 */
final class XdpHolder {

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int NLM_F_REQUEST = 1;
    private static final int NLMSG_HEADER_BYTES = 16;
    private static final int IFINFO_BYTES = 16;
    private static final int IFINFO_INDEX = NLMSG_HEADER_BYTES + 4;
    private static final int ATTRIBUTE_HEADER_BYTES = 4;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_XDP = 43;
    private static final int IFLA_XDP_PROG_ID = 4;
    private static final int IFLA_XDP_SKB_PROG_ID = 6;
    private static final int IFLA_XDP_HW_PROG_ID = 7;
    private static final int TYPE_MASK = 0x3FFF;
    /** Bytes for one RTM_NEWLINK: the kernel's own limit for such an answer without statistics of virtual functions. */
    private static final int ANSWER_BYTES = 32 << 10;

    private final int ifindex;
    private String device;
    private boolean exists;
    private int programId;
    private boolean generic;

    private XdpHolder(final int ifindex) {
        this.ifindex = ifindex;
        this.device = Integer.toString(ifindex);
    }

    /** Looks at a device of the calling thread's network namespace. */
    static XdpHolder of(final int ifindex) {
        final XdpHolder holder = new XdpHolder(ifindex);
        holder.ask();
        return holder;
    }

    /** Whether there is such a device. */
    boolean exists() {
        return exists;
    }

    /** The program's id, or 0 when there is none. */
    int programId() {
        return programId;
    }

    /** How the program is attached, or null when there is none. */
    XdpMode mode() {
        return programId == 0 ? null : generic ? XdpMode.GENERIC : XdpMode.NATIVE;
    }

    /** Whether a process has a descriptor of the program or of its attachment. */
    boolean isHeld() {
        return programId != 0 && !Holders.ofProgram(programId).isEmpty();
    }

    /** What an operator should know and do. */
    String remedy() {
        if (programId == 0) {
            return "another XDP program was attached to " + device + " and is gone again; try again";
        }
        final BpfObjects.Program program = BpfObjects.program(programId);
        final List<String> processes = Holders.ofProgram(programId);
        return "another XDP program is attached to " + device + ": id=" + programId
                + (program == null || program.name().isEmpty() ? "" : " name=" + program.name())
                + " mode=" + (generic ? XdpMode.GENERIC : XdpMode.NATIVE)
                + (processes.isEmpty() ? "" : " held by " + String.join(", ", processes))
                + (processes.isEmpty()
                        ? "; run 'ip link set dev " + device + (generic ? " xdpgeneric off'" : " xdp off'")
                                + ", or remove its pinned link"
                        : "; stop that process");
    }

    private void ask() {
        final int socket = (int) Linux.check(Linux.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, 0), "socket(AF_NETLINK)");
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment buffer = arena.allocate(ANSWER_BYTES, 8);
            final int bytes = NLMSG_HEADER_BYTES + IFINFO_BYTES;
            buffer.set(ValueLayout.JAVA_INT, 0, bytes);
            buffer.set(ValueLayout.JAVA_SHORT, 4, (short) RTM_GETLINK);
            buffer.set(ValueLayout.JAVA_SHORT, 6, (short) NLM_F_REQUEST);
            buffer.set(ValueLayout.JAVA_INT, IFINFO_INDEX, ifindex);
            Linux.check(Linux.sendto(socket, buffer.address(), bytes, 0, 0, 0), "sendto(RTM_GETLINK, ifindex=" + ifindex + ')');
            final long read = Linux.check(
                    Linux.recvfrom(socket, buffer.address(), ANSWER_BYTES, 0, 0, 0), "recvfrom(RTM_GETLINK)");
            if (buffer.get(ValueLayout.JAVA_SHORT, 4) == RTM_NEWLINK) {
                attributes(buffer.asSlice(0, Math.min(read, buffer.get(ValueLayout.JAVA_INT, 0))), bytes, false);
            }
        } finally {
            Linux.close(socket);
        }
    }

    private void attributes(final MemorySegment message, final int from, final boolean xdp) {
        int at = from;
        while (at + ATTRIBUTE_HEADER_BYTES <= message.byteSize()) {
            final int bytes = message.get(ValueLayout.JAVA_SHORT, at) & 0xFFFF;
            if (bytes < ATTRIBUTE_HEADER_BYTES || at + bytes > message.byteSize()) {
                return;
            }
            final int type = message.get(ValueLayout.JAVA_SHORT, at + 2) & TYPE_MASK;
            final MemorySegment payload = message.asSlice(at + ATTRIBUTE_HEADER_BYTES, bytes - ATTRIBUTE_HEADER_BYTES);
            if (xdp) {
                program(type, payload);
            } else if (type == IFLA_IFNAME) {
                device = payload.getString(0, StandardCharsets.UTF_8);
                exists = true;
            } else if (type == IFLA_XDP) {
                attributes(payload, 0, true);
            }
            at += (bytes + 3) & -4;
        }
    }

    private void program(final int type, final MemorySegment payload) {
        if (type >= IFLA_XDP_PROG_ID && type <= IFLA_XDP_HW_PROG_ID && payload.byteSize() >= Integer.BYTES) {
            programId = payload.get(ValueLayout.JAVA_INT, 0);
            generic |= type == IFLA_XDP_SKB_PROG_ID;
        }
    }
}
