package io.penstock.dataplane.ipvs;

import io.penstock.dataplane.hot.ipvs.Defence;
import io.penstock.dataplane.hot.ipvs.ServiceSettings;
import io.penstock.dataplane.hot.ipvs.schedule.SchedulerSettings;
import io.penstock.dataplane.hot.ipvs.state.ServiceTimeouts;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings {@code net.ipv4.vs.*} of a namespace under their names, read and written as sysctl does, and {@value #MAGLEV_TABLE}.
 *
 * <p>Invariants:
 * <ol>
 *   <li>What is refused changes nothing.</li>
 *   <li>The defences' modes go by the memory that there was at the last {@link #maintain}, or at the last change of a mode or threshold.</li>
 * </ol>
 *
 * <p>Differs from Linux: one number is taken, and what follows it is refused instead of ignored; {@code conn_max} goes as far as the
 * tables do, and a namespace's does not begin with the first one's.
 *
 * <p>Threads: any. Source: ip_vs_ctl.c, {@code vs_vars}, {@code proc_do_defense_mode}, {@code update_defense_level}; ip_vs_lblc.c,
 * ip_vs_lblcr.c, {@code vs_vars_table}; ipvs-sysctl.rst.
 */
public final class VirtualServerSettings {

    /** How the kernel's names begin. */
    public static final String PREFIX = "net.ipv4.vs.";

    /** Entries of a maglev scheduler's table, a prime. */
    public static final String MAGLEV_TABLE = "penstock.maglev_table";

    private static final int LEAST_PRIME = 2;

    /** What the kernel reads as a number: decimal, octal after 0, hexadecimal after 0x. */
    private static final Pattern NUMBER = Pattern.compile("(-?)(?:0[xX]([0-9a-fA-F]{1,16})|(0[0-7]{0,20})|([1-9][0-9]{0,18}))");
    private static final int HEX = 16;
    private static final int OCTAL = 8;
    private static final int DECIMAL = 10;

    private final ServiceSettings settings;
    private final LongSupplier availablePages;
    private final Map<String, Setting> followed = new TreeMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    private int amDroprate = 10;
    private int amemthresh = 1024;
    private int dropEntry;
    private int dropPacket;
    private int secureTcp;
    private int runEstimation = 1;

    private record Setting(IntSupplier read, IntConsumer write, int least, int most) {
    }

    /** The settings that a namespace's workers and schedulers go by. */
    public VirtualServerSettings(final ServiceSettings settings, final SchedulerSettings schedulers) {
        this(settings, schedulers, new AvailableMemory(Path.of("/proc/meminfo")));
    }

    /** With memory that is told of in pages of 4 KiB. */
    VirtualServerSettings(final ServiceSettings settings, final SchedulerSettings schedulers, final LongSupplier availablePages) {
        this.settings = settings;
        this.availablePages = availablePages;
        putDefences();
        putNumber("cache_bypass", () -> settings.cacheBypass, v -> settings.cacheBypass = v);
        put("conn_max", () -> settings.connMax, v -> settings.connMax = v, 0, ServiceSettings.MOST_CONNECTIONS);
        putNumber("conn_reuse_mode", () -> settings.connReuseMode, v -> settings.connReuseMode = v);
        putNumber("conntrack", () -> settings.conntrack, v -> settings.conntrack = v);
        putNumber("expire_nodest_conn", () -> settings.expireNodestConn, v -> settings.expireNodestConn = v);
        putNumber("expire_quiescent_template", () -> settings.expireQuiescentTemplate, v -> settings.expireQuiescentTemplate = v);
        putNumber("ignore_tunneled", () -> settings.ignoreTunneled, v -> settings.ignoreTunneled = v);
        putSeconds("lblc_expiration", schedulers::lblcExpirationSeconds, schedulers::setLblcExpirationSeconds);
        putSeconds("lblcr_expiration", schedulers::lblcrExpirationSeconds, schedulers::setLblcrExpirationSeconds);
        putNumber("nat_icmp_send", () -> settings.natIcmpSend, v -> settings.natIcmpSend = v);
        putNumber("pmtu_disc", () -> settings.pmtuDisc, v -> settings.pmtuDisc = v);
        putNumber("run_estimation", () -> runEstimation, v -> runEstimation = v);
        putNumber("schedule_icmp", () -> settings.scheduleIcmp, v -> settings.scheduleIcmp = v);
        putNumber("sloppy_sctp", () -> settings.sloppySctp, v -> settings.sloppySctp = v);
        putNumber("sloppy_tcp", () -> settings.sloppyTcp, v -> settings.sloppyTcp = v);
        followed.put(MAGLEV_TABLE, new Setting(schedulers::maglevTable, schedulers::setMaglevTable, LEAST_PRIME, SchedulerSettings.MAX_MAGLEV_TABLE));
    }

    private void putDefences() {
        putNumber("am_droprate", () -> amDroprate, v -> amDroprate = v);
        putNumber("amemthresh", () -> amemthresh, v -> amemthresh = v);
        put("drop_entry", () -> dropEntry, v -> dropEntry = v, Defence.OFF, Defence.ALWAYS);
        put("drop_packet", () -> dropPacket, v -> dropPacket = v, Defence.OFF, Defence.ALWAYS);
        put("secure_tcp", () -> secureTcp, v -> secureTcp = v, Defence.OFF, Defence.ALWAYS);
    }

    /** A switch, or whatever else the kernel takes every number for. */
    private void putNumber(final String shortName, final IntSupplier read, final IntConsumer write) {
        put(shortName, read, write, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** What the kernel counts in ticks, 250 a second. */
    private void putSeconds(final String shortName, final IntSupplier read, final IntConsumer write) {
        put(shortName, read, write, -ServiceTimeouts.LONGEST_SECONDS, ServiceTimeouts.LONGEST_SECONDS);
    }

    private void put(final String shortName, final IntSupplier read, final IntConsumer write, final int least, final int most) {
        followed.put(PREFIX + shortName, new Setting(read, write, least, most));
    }

    /** The whole names of all that is followed, in alphabetical order. */
    public List<String> names() {
        return List.copyOf(followed.keySet());
    }

    /** A setting by its whole name, also with slashes, as sysctl prints it; null if it is not followed. */
    public synchronized String get(final String name) {
        final Setting setting = followed.get(dotted(name));
        return setting == null ? null : Integer.toString(setting.read.getAsInt());
    }

    /**
     * Changes a setting, by its whole name, also with slashes.
     *
     * @throws ServiceProblem NO_ENTRY if it is not followed, INVALID if it does not take the value
     */
    public void set(final String name, final String value) throws ServiceProblem {
        final String dotted = dotted(name);
        final Setting setting = followed.get(dotted);
        if (setting == null) {
            throw new ServiceProblem(ServiceProblem.Kind.NO_ENTRY, unfollowed(dotted));
        }
        final int number = number(dotted, setting, value);
        synchronized (this) {
            if (setting.read.getAsInt() == number) {
                return;
            }
            setting.write.accept(number);
            update();
        }
        listeners.forEach(listener -> listener.accept(dotted));
    }

    /** From now on tells of each change that {@link #set} makes, by the whole name, after it was made. */
    public void onChange(final Consumer<String> listener) {
        listeners.add(listener);
    }

    /** Once a second: the defences follow the memory that there is. */
    public synchronized void maintain() {
        update();
    }

    /** Whether rates are estimated. */
    public synchronized boolean estimatesRates() {
        return runEstimation != 0;
    }

    private void update() {
        final long pages = goesByMemory(dropEntry) || goesByMemory(dropPacket) || goesByMemory(secureTcp)
                ? availablePages.getAsLong() : AvailableMemory.UNKNOWN;
        final boolean isShort = pages < amemthresh;
        settings.dropsEntries = Defence.isInForce(dropEntry, isShort);
        settings.dropRate = Defence.dropRate(dropPacket, amemthresh, pages, amDroprate);
        settings.isSecure = Defence.isInForce(secureTcp, isShort);
        dropEntry = Defence.next(dropEntry, isShort);
        dropPacket = Defence.next(dropPacket, isShort);
        secureTcp = Defence.next(secureTcp, isShort);
    }

    private static boolean goesByMemory(final int mode) {
        return mode == Defence.READY || mode == Defence.BUSY;
    }

    private static int number(final String name, final Setting setting, final String value) throws ServiceProblem {
        final Matcher match = NUMBER.matcher(value.strip());
        if (!match.matches()) {
            throw invalid(name, value, setting);
        }
        final String digits = match.group(2) != null ? match.group(2) : match.group(3) != null ? match.group(3) : match.group(4);
        final int radix = match.group(2) != null ? HEX : match.group(3) != null ? OCTAL : DECIMAL;
        final BigInteger number = new BigInteger(match.group(1) + digits, radix);
        if (number.compareTo(BigInteger.valueOf(setting.least)) < 0 || number.compareTo(BigInteger.valueOf(setting.most)) > 0) {
            throw invalid(name, value, setting);
        }
        final int result = number.intValue();
        if (name.equals(MAGLEV_TABLE) && !isPrime(result)) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID,
                    name + '=' + value.strip() + " is not a prime: write " + BigInteger.valueOf(result).nextProbablePrime());
        }
        return result;
    }

    /** Exact, by division: up to 2,236 of them, once a change. */
    private static boolean isPrime(final int number) {
        for (int divisor = 2; divisor * divisor <= number; divisor++) {
            if (number % divisor == 0) {
                return false;
            }
        }
        return true;
    }

    private static ServiceProblem invalid(final String name, final String value, final Setting setting) {
        return new ServiceProblem(ServiceProblem.Kind.INVALID,
                name + "='" + value + "' cannot be set: write a number from " + setting.least + " to " + setting.most);
    }

    private String unfollowed(final String name) {
        final String reason = name.startsWith(PREFIX) ? UnfollowedSettings.reason(name.substring(PREFIX.length())) : null;
        return '\'' + name + (reason == null ? "' is no setting of virtual servers" : "' is not followed: " + reason)
                + "; those that are: " + String.join(" ", names());
    }

    private static String dotted(final String name) {
        return name.indexOf('/') < 0 ? name : name.replace('/', '.');
    }
}
