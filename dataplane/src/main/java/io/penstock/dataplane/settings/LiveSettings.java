package io.penstock.dataplane.settings;

import io.penstock.dataplane.hot.pipeline.IpSettings;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.os.sys.KernelTicks;
import io.penstock.os.sys.SysctlFiles;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The kernel's settings of the network namespace that this was opened in, read from /proc/sys.
 *
 * <p>The kernel announces changes of a few settings only (RTM_NEWNETCONF: forwarding, rp_filter, bc_forwarding), and netlink
 * does not show those of {@code all} that combine with a device's. So the files are kept open and read again: {@link #read}
 * costs one pread(2) a setting and allocates nothing while nothing changes.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Switches that sysctls do not decide are left as they are.</li>
 *   <li>A setting that this kernel does not have keeps the value that it has in {@link IpSettings}; one of a device that is
 *       gone is 0: nothing is forwarded.</li>
 * </ol>
 *
 * <p>Threads: control, in the namespace.
 */
public final class LiveSettings implements AutoCloseable {

    private static final int PORTS = PortTable.CAPACITY;

    private final SysctlFiles files = new SysctlFiles();
    private final long ticksPerSecond = KernelTicks.perSecond();
    private final int[] globals = new int[GlobalSetting.all().length];
    private final long[] globalValues = new long[globals.length];
    private final int rateMask6;
    private byte[] rateMask6Text;
    private final Conf all = new Conf();
    private final Conf[] ports = new Conf[PORTS];

    /** Opens the settings of the calling thread's namespace. */
    public LiveSettings() {
        for (final GlobalSetting setting : GlobalSetting.all()) {
            globals[setting.ordinal()] = files.open(setting.sysctl());
        }
        Arrays.fill(globalValues, SysctlFiles.ABSENT);
        rateMask6 = files.open(RateMask6.NAME);
        all.open(SysctlNames.ALL);
    }

    /**
     * From now on follows the device of a port, also one that has been renamed or made anew.
     *
     * @param always switches that are on whatever the kernel says
     */
    public void port(final int port, final String device, final int always) {
        removePort(port);
        ports[port] = new Conf();
        ports[port].always = always;
        ports[port].open(device);
    }

    /** Follows a port no more. */
    public void removePort(final int port) {
        if (ports[port] != null) {
            ports[port].close();
            ports[port] = null;
        }
    }

    /** Reads all settings and puts them in force; true if a port's switches or MTU have changed. */
    public boolean read(final PortTable table, final IpSettings settings) {
        readGlobals(settings);
        settings.wallClockOffsetNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - System.nanoTime();
        all.read();
        boolean changed = false;
        for (int port = 0; port < ports.length; port++) {
            final Conf conf = ports[port];
            if (conf != null) {
                conf.read();
                changed |= Switches.write(table, port,
                        conf.always | Switches.of(all.values4, conf.values4, all.values6, conf.values6));
                final int mtu6 = conf.mtu6();
                if (mtu6 != 0 && mtu6 != table.mtu6(port)) {
                    table.mtu(port, table.mtu4(port), mtu6);
                    changed = true;
                }
            }
        }
        return changed;
    }

    /** True if IPv4 packets from a port are forwarded, as of the last {@link #read}. */
    public boolean forwards4(final int port) {
        return ports[port] != null && ports[port].values4[Conf4.FORWARDING.ordinal()] != 0;
    }

    /** True if IPv6 packets from a port are forwarded, as of the last {@link #read}. */
    public boolean forwards6(final int port) {
        return ports[port] != null && (all.values6[Conf6.FORWARDING.ordinal()] != 0
                || ports[port].values6[Conf6.FORCE_FORWARDING.ordinal()] != 0);
    }

    /** The largest IPv6 packet that may leave a port, as of the last {@link #read}; 0 if the device has no IPv6. */
    public int mtu6(final int port) {
        return ports[port] == null ? 0 : ports[port].mtu6();
    }

    private void readGlobals(final IpSettings settings) {
        for (int i = 0; i < globals.length; i++) {
            final long value = files.value(globals[i]);
            if (value != globalValues[i] && value != SysctlFiles.ABSENT) {
                GlobalSetting.all()[i].write(settings, value, ticksPerSecond);
            }
            globalValues[i] = value;
        }
        if (rateMask6Text == null || !files.hasText(rateMask6, rateMask6Text)) {
            rateMask6Text = files.text(rateMask6);
            RateMask6.parse(new String(rateMask6Text, StandardCharsets.US_ASCII),
                    settings.limits.ratemask6);
        }
    }

    @Override
    public void close() {
        files.close();
    }

    /** The files of a device, or of {@code all}. */
    private final class Conf {

        private final int[] files4 = new int[Conf4.count()];
        private final int[] files6 = new int[Conf6.count()];
        private final long[] values4 = new long[files4.length];
        private final long[] values6 = new long[files6.length];
        private String device;
        private int always;

        private void open(final String name) {
            device = name;
            open4();
            open6();
        }

        private void open4() {
            for (final Conf4 conf : Conf4.all()) {
                files4[conf.ordinal()] = files.openIn(SysctlNames.CONF4, device, conf.sysctl());
            }
        }

        private void open6() {
            for (final Conf6 conf : Conf6.all()) {
                files6[conf.ordinal()] = files.openIn(SysctlNames.CONF6, device, conf.sysctl());
            }
        }

        /**
         * The kernel takes a device's files away and makes them anew while it renames it, and IPv6's when the MTU falls below 1,280 and
         * rises again; the message about it may come before the new files are there. So files that are gone are looked for again.
         */
        private void read() {
            if (files.value(files4[Conf4.FORWARDING.ordinal()]) == SysctlFiles.ABSENT) {
                close(files4);
                open4();
            }
            if (files.value(files6[Conf6.FORWARDING.ordinal()]) == SysctlFiles.ABSENT) {
                close(files6);
                open6();
            }
            for (int i = 0; i < files4.length; i++) {
                values4[i] = Math.max(0, files.value(files4[i]));
            }
            for (int i = 0; i < files6.length; i++) {
                values6[i] = Math.max(0, files.value(files6[i]));
            }
        }

        private int mtu6() {
            return (int) values6[Conf6.MTU.ordinal()];
        }

        private void close() {
            close(files4);
            close(files6);
        }

        private void close(final int[] numbers) {
            for (final int number : numbers) {
                files.closeFile(number);
            }
        }
    }
}
