import io.penstock.os.bpf.XdpMode;
import io.penstock.os.netns.NetNs;
import io.penstock.perf.wire.Generator;
import io.penstock.perf.wire.SinkProgram;
import io.penstock.perf.wire.SinkReport;
import io.penstock.perf.wire.TrafficProfile;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * As many frames as possible from one namespace to another, made and counted by XDP programs:
 * {@code java -cp CLASSES Load.java FROM DEVICE TO DEVICE ROUTER_MAC SOURCE DESTINATION FLOWS FRAME_BYTES SECONDS}. Prints a
 * JSON object: frames {@code sent} and {@code received}, and how many of them came after a later one ({@code late}).
 */
public final class Load {

    private Load() {
    }

    /** Runs it. */
    public static void main(final String[] args) throws Exception {
        final String from = args[0];
        final String to = args[2];
        final int flows = Integer.parseInt(args[7]);
        final long seconds = Long.parseLong(args[9]);
        try (SinkProgram sink = SinkProgram.load(1, flows)) {
            NetNs.within(to, () -> {
                sink.attach(NetworkInterface.getByName(args[3]).getIndex(), XdpMode.NATIVE);
                return null;
            });
            NetNs.within(from, () -> {
                final NetworkInterface device = NetworkInterface.getByName(args[1]);
                final TrafficProfile profile = TrafficProfile
                        .of(mac(device.getHardwareAddress()), Long.parseLong(args[4].replace(":", ""), 16),
                                InetAddress.getByName(args[5]).getAddress(), InetAddress.getByName(args[6]).getAddress())
                        .withFlows(flows).withFrameBytes(Integer.parseInt(args[8])).withTimestamp(false);
                try (Generator generator = Generator.open(profile, device.getIndex())) {
                    Thread.ofPlatform().daemon().start(() -> {
                        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
                        generator.stop();
                    });
                    final long sent = generator.saturate(Long.MAX_VALUE);
                    // What is under way arrives.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
                    final SinkReport end = sink.read();
                    System.out.printf("{\"sent\": %d, \"received\": %d, \"late\": %d}%n", sent, end.frames(), end.late());
                }
                return null;
            });
        }
    }

    private static long mac(final byte[] bytes) {
        long mac = 0;
        for (final byte b : bytes) {
            mac = mac << 8 | b & 0xFF;
        }
        return mac;
    }
}
