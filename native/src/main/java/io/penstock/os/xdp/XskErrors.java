package io.penstock.os.xdp;

import io.penstock.os.sys.Errno;
import io.penstock.os.xdp.XskException.Reason;
import java.util.List;
import java.util.Optional;

/** What to tell when an AF_XDP socket cannot be opened: one sentence with the cause and the remedy. */
final class XskErrors {

    private XskErrors() {
    }

    /** The queue number is beyond the device's queues, which are known. */
    static XskException noQueue(final String device, final int queue, final DeviceChannels channels) {
        final int needed = queue + 1;
        final String more = needed <= channels.maxQueues() ? "run '" + channels.command(device, needed) + "' or " : "";
        return new XskException(Reason.MISSING, 0, "queue " + queue + " does not exist on " + device + ": queues="
                + channels.queues() + "; " + more + "set queues: " + channels.queues());
    }

    /** socket(2) failed. */
    static XskException socket(final String device, final int errno) {
        return switch (errno) {
            case Errno.EPERM, Errno.EACCES -> new XskException(Reason.DENIED, errno, "opening an AF_XDP socket for " + device
                    + " is not permitted: errno=" + Errno.name(errno)
                    + "; run as root, or grant CAP_NET_RAW, CAP_NET_ADMIN and CAP_BPF");
            case Errno.EAFNOSUPPORT -> new XskException(Reason.UNSUPPORTED, errno,
                    "this kernel has no AF_XDP sockets for " + device + ": errno=EAFNOSUPPORT;"
                            + " use a kernel with CONFIG_XDP_SOCKETS=y, or the AF_PACKET driver");
            default -> other("socket(AF_XDP)", device, errno);
        };
    }

    /** XDP_UMEM_REG failed. */
    static XskException register(final String device, final Umem umem, final int errno) {
        return switch (errno) {
            case Errno.ENOBUFS, Errno.ENOMEM, Errno.EPERM -> new XskException(Reason.MEMORY, errno,
                    "the frames for " + device + " cannot be locked in memory: errno=" + Errno.name(errno) + " bytes="
                            + umem.bytes() + "; raise the limit ('ulimit -l unlimited', LimitMEMLOCK=infinity in a systemd"
                            + " unit), grant CAP_IPC_LOCK, or use fewer frames");
            default -> other("setsockopt(XDP_UMEM_REG, frames=" + umem.frames() + ", frameBytes=" + umem.frameBytes()
                    + ", headroomBytes=" + umem.headroomBytes() + ')', device, errno);
        };
    }

    /** Sizing or mapping a ring, or setting an option failed. */
    static XskException option(final String device, final String option, final int value, final int errno) {
        final String what = option + '=' + value;
        return switch (errno) {
            case Errno.ENOMEM, Errno.ENOBUFS -> new XskException(Reason.MEMORY, errno, what + " for " + device
                    + " does not fit in the kernel's memory: errno=" + Errno.name(errno)
                    + "; use smaller rings or free memory");
            case Errno.EPERM, Errno.EACCES -> new XskException(Reason.DENIED, errno, what + " for " + device
                    + " is not permitted: errno=" + Errno.name(errno) + "; grant CAP_NET_ADMIN or do without the option");
            case Errno.ENOPROTOOPT -> new XskException(Reason.UNSUPPORTED, errno, what + " for " + device
                    + " is unknown to this kernel: errno=ENOPROTOOPT; use Linux 5.11 or later or do without the option");
            default -> other("setsockopt(" + what + ')', device, errno);
        };
    }

    /** An option of busy polling was refused, which the socket can do without. */
    static String busyPoll(final String device, final String option, final String otherwise, final int errno) {
        final String remedy = switch (errno) {
            case Errno.EPERM, Errno.EACCES -> "grant CAP_NET_ADMIN";
            case Errno.ENOPROTOOPT -> "use Linux 5.11 or later with CONFIG_NET_RX_BUSY_POLL=y";
            default -> "choose another value";
        };
        return option + " on " + device + " was refused, so that " + otherwise + ": errno=" + Errno.name(errno) + "; "
                + remedy + " or do without busy polling";
    }

    /** The ask contradicts what the UMEM's first socket decided. */
    static XskException conflict(final String device, final XskMode wanted, final XskSocket first) {
        return new XskException(Reason.CONFLICT, 0, device + " is to run in " + wanted.text() + " mode, but its UMEM runs in "
                + first.mode().text() + " mode since " + first.device() + " was opened; give " + device
                + " a UMEM of its own, or ask for mode auto or " + first.mode().text());
    }

    /** bind(2) failed for a mode. */
    static XskException bind(
            final String device, final int queue, final XskMode mode, final XskSocket first, final int errno) {
        return switch (errno) {
            case Errno.EOPNOTSUPP -> unsupported(device, mode, first);
            case Errno.EPERM, Errno.EACCES -> new XskException(Reason.DENIED, errno, "binding to queue " + queue + " of "
                    + device + " is not permitted: errno=" + Errno.name(errno) + "; run as root or grant CAP_NET_RAW");
            case Errno.ENODEV -> new XskException(Reason.MISSING, errno, device + " is not there: errno=ENODEV; list the"
                    + " devices of this network namespace with 'ip link'");
            case Errno.ENETDOWN -> new XskException(Reason.DOWN, errno, device + " is down: errno=ENETDOWN; run 'ip link set "
                    + device + " up'");
            case Errno.ENOMEM, Errno.ENOBUFS -> new XskException(Reason.MEMORY, errno, "queue " + queue + " of " + device
                    + " does not get the memory that it needs: errno=" + Errno.name(errno)
                    + "; use fewer frames or free memory ('ulimit -l', 'free -m')");
            case Errno.EINVAL -> invalid(device, queue, mode);
            default -> other("bind(AF_XDP, queue=" + queue + ", mode=" + mode.text() + ')', device, errno);
        };
    }

    /** Another socket has the queue, for as long as we waited. */
    static XskException busy(
            final String device, final int queue, final long waitedMs, final int own, final List<String> others) {
        final String head = "queue " + queue + " of " + device + " is held by another AF_XDP socket: errno=EBUSY waitedMs="
                + waitedMs + "; ";
        final String tail;
        if (!others.isEmpty()) {
            tail = "AF_XDP sockets are open in " + (others.size() == 1 ? "process " : "processes ")
                    + String.join(", ", others) + ": stop the one that serves " + device + ", or choose another queue";
        } else if (own > 0) {
            tail = "the only process seen with AF_XDP sockets is this one, which has " + own
                    + " more: close the one on this queue first, or choose another queue";
        } else {
            tail = "no process with AF_XDP sockets can be seen from here: look on the host, outside of this container, with"
                    + " 'ss --xdp -p' or 'lsof -nP | grep XDP'";
        }
        return new XskException(Reason.BUSY, Errno.EBUSY, head + tail);
    }

    private static XskException unsupported(final String device, final XskMode mode, final XskSocket first) {
        final String driver = "errno=EOPNOTSUPP driver=" + DeviceChannels.driver(device);
        if (first != null) {
            return new XskException(Reason.UNSUPPORTED, Errno.EOPNOTSUPP, device + " has no AF_XDP in "
                    + first.mode().text() + " mode, which " + first.device() + " decided for their UMEM: " + driver
                    + "; give " + device + " a UMEM of its own");
        }
        return new XskException(Reason.UNSUPPORTED, Errno.EOPNOTSUPP, device + " has no AF_XDP in " + mode.text() + " mode: "
                + driver + (mode == XskMode.ZERO_COPY ? "; set mode auto or copy" : "; use the AF_PACKET driver"));
    }

    private static XskException invalid(final String device, final int queue, final XskMode mode) {
        final Optional<DeviceChannels> channels = DeviceChannels.read(device);
        if (channels.isPresent() && queue >= channels.get().queues()) {
            return noQueue(device, queue, channels.get());
        }
        if (mode == XskMode.ZERO_COPY) {
            return new XskException(Reason.UNSUPPORTED, Errno.EINVAL, "the driver refuses queue " + queue + " of " + device
                    + " in zero-copy mode: errno=EINVAL driver=" + DeviceChannels.driver(device)
                    + "; set mode auto or copy, or frame and ring sizes that the driver takes");
        }
        return new XskException(Reason.OTHER, Errno.EINVAL, "the kernel refuses queue " + queue + " of " + device
                + ": errno=EINVAL; check with 'ip -d link show " + device + "' that numrxqueues is above " + queue);
    }

    private static XskException other(final String call, final String device, final int errno) {
        return new XskException(Reason.OTHER, errno, call + " for " + device + ": errno=" + Errno.name(errno) + " ("
                + Errno.text(errno) + ')');
    }
}
