package io.penstock.os.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.penstock.os.sys.Errno;
import io.penstock.os.sys.MappedMemory;
import io.penstock.os.xdp.XskException.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

class XskErrorsTest {

    @Test
    void shouldOfferCombinedChannelsWhenTheDeviceHasThem() {
        final DeviceChannels channels = new DeviceChannels(0, 0, 4, 0, 0, 8);
        expect("queue 7 does not exist on eth0: queues=4; run 'ethtool -L eth0 combined 8' or set queues: 4",
                Reason.MISSING, XskErrors.noQueue("eth0", 7, channels));
        expect("queue 8 does not exist on eth0: queues=4; set queues: 4",
                Reason.MISSING, XskErrors.noQueue("eth0", 8, channels));
    }

    @Test
    void shouldNameThePrivilegesWhenTheyAreLacking() {
        expect("opening an AF_XDP socket for eth0 is not permitted: errno=EPERM; run as root, or grant CAP_NET_RAW,"
                + " CAP_NET_ADMIN and CAP_BPF", Reason.DENIED, XskErrors.socket("eth0", Errno.EPERM));
        expect("SO_BUSY_POLL=20 for eth0 is not permitted: errno=EPERM; grant CAP_NET_ADMIN or do without the option",
                Reason.DENIED, XskErrors.option("eth0", "SO_BUSY_POLL", 20, Errno.EPERM));
        expect("binding to queue 0 of eth0 is not permitted: errno=EPERM; run as root or grant CAP_NET_RAW",
                Reason.DENIED, XskErrors.bind("eth0", 0, XskMode.COPY, null, Errno.EPERM));
    }

    @Test
    void shouldSendToTheFallbackWhenTheKernelHasNoAfXdp() {
        expect("this kernel has no AF_XDP sockets for eth0: errno=EAFNOSUPPORT; use a kernel with CONFIG_XDP_SOCKETS=y, or"
                + " the AF_PACKET driver", Reason.UNSUPPORTED, XskErrors.socket("eth0", Errno.EAFNOSUPPORT));
    }

    @Test
    void shouldNameTheLimitWhenFramesCannotBeLocked() {
        try (Umem umem = Umem.create(1024, 2048, 0, MappedMemory.Pages.NORMAL)) {
            expect("the frames for eth0 cannot be locked in memory: errno=ENOBUFS bytes=2097152; raise the limit ('ulimit -l"
                    + " unlimited', LimitMEMLOCK=infinity in a systemd unit), grant CAP_IPC_LOCK, or use fewer frames",
                    Reason.MEMORY, XskErrors.register("eth0", umem, Errno.ENOBUFS));
            expect("setsockopt(XDP_UMEM_REG, frames=1024, frameBytes=2048, headroomBytes=0) for eth0: errno=EINVAL"
                    + " (invalid argument)", Reason.OTHER, XskErrors.register("eth0", umem, Errno.EINVAL));
        }
    }

    @Test
    void shouldSayHowToBringTheLinkUp() {
        expect("eth0 is down: errno=ENETDOWN; run 'ip link set eth0 up'",
                Reason.DOWN, XskErrors.bind("eth0", 0, XskMode.COPY, null, Errno.ENETDOWN));
    }

    @Test
    void shouldSendToTheDriverWhenZeroCopyIsRefusedForTheQueue() {
        expect("the driver refuses queue 0 of absent0 in zero-copy mode: errno=EINVAL driver=unknown; set mode auto or copy,"
                + " or frame and ring sizes that the driver takes",
                Reason.UNSUPPORTED, XskErrors.bind("absent0", 0, XskMode.ZERO_COPY, null, Errno.EINVAL));
        expect("the kernel refuses queue 3 of absent0: errno=EINVAL; check with 'ip -d link show absent0' that numrxqueues is"
                + " above 3", Reason.OTHER, XskErrors.bind("absent0", 3, XskMode.COPY, null, Errno.EINVAL));
    }

    @Test
    void shouldSayWhereToLookWhenNoHolderIsSeen() {
        expect("queue 0 of eth0 is held by another AF_XDP socket: errno=EBUSY waitedMs=1000; no process with AF_XDP sockets"
                + " can be seen from here: look on the host, outside of this container, with 'ss --xdp -p' or 'lsof -nP |"
                + " grep XDP'", Reason.BUSY, XskErrors.busy("eth0", 0, 1000, 0, List.of()));
        expect("queue 0 of eth0 is held by another AF_XDP socket: errno=EBUSY waitedMs=1000; AF_XDP sockets are open in"
                + " processes 12 (xdpsock), 34 (vpp): stop the one that serves eth0, or choose another queue",
                Reason.BUSY, XskErrors.busy("eth0", 0, 1000, 2, List.of("12 (xdpsock)", "34 (vpp)")));
    }

    @Test
    void shouldSayWhatHappensInsteadWhenBusyPollingIsRefused() {
        assertEquals("SO_BUSY_POLL=20 on eth0 was refused, so that interrupts bring the frames: errno=EPERM; grant CAP_NET_ADMIN"
                + " or do without busy polling",
                XskErrors.busyPoll("eth0", "SO_BUSY_POLL=20", "interrupts bring the frames", Errno.EPERM));
        assertEquals("SO_PREFER_BUSY_POLL=1 on eth0 was refused, so that interrupts go on beside it: errno=ENOPROTOOPT; use"
                + " Linux 5.11 or later with CONFIG_NET_RX_BUSY_POLL=y or do without busy polling",
                XskErrors.busyPoll("eth0", "SO_PREFER_BUSY_POLL=1", "interrupts go on beside it", Errno.ENOPROTOOPT));
    }

    private static void expect(final String message, final Reason reason, final XskException e) {
        assertEquals(message, e.getMessage());
        assertEquals(reason, e.reason());
    }
}
