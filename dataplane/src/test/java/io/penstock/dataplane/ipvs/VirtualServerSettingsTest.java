package io.penstock.dataplane.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.dataplane.hot.ipvs.ServiceSettings;
import io.penstock.dataplane.hot.ipvs.schedule.SchedulerSettings;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VirtualServerSettingsTest {

    private static final String VS = "net.ipv4.vs.";

    private long pages = Long.MAX_VALUE;
    private int asked;
    private final ServiceSettings workers = new ServiceSettings();
    private final SchedulerSettings schedulers = new SchedulerSettings();
    private final VirtualServerSettings settings = new VirtualServerSettings(workers, schedulers, () -> {
        asked++;
        return pages;
    });

    @Test
    void shouldHaveTheKernelsDefaultsWhenNothingIsSet() {
        final StringBuilder all = new StringBuilder();
        settings.names().forEach(name -> all.append(name).append(" = ").append(settings.get(name)).append('\n'));
        assertEquals("""
                net.ipv4.vs.am_droprate = 10
                net.ipv4.vs.amemthresh = 1024
                net.ipv4.vs.cache_bypass = 0
                net.ipv4.vs.conn_max = 33554432
                net.ipv4.vs.conn_reuse_mode = 1
                net.ipv4.vs.conntrack = 0
                net.ipv4.vs.drop_entry = 0
                net.ipv4.vs.drop_packet = 0
                net.ipv4.vs.expire_nodest_conn = 0
                net.ipv4.vs.expire_quiescent_template = 0
                net.ipv4.vs.ignore_tunneled = 0
                net.ipv4.vs.lblc_expiration = 86400
                net.ipv4.vs.lblcr_expiration = 86400
                net.ipv4.vs.nat_icmp_send = 0
                net.ipv4.vs.pmtu_disc = 1
                net.ipv4.vs.run_estimation = 1
                net.ipv4.vs.schedule_icmp = 0
                net.ipv4.vs.secure_tcp = 0
                net.ipv4.vs.sloppy_sctp = 0
                net.ipv4.vs.sloppy_tcp = 0
                penstock.maglev_table = 65537
                """, all.toString());
    }

    @Test
    void shouldReachTheWorkersWhenSet() throws ServiceProblem {
        set("cache_bypass", "1");
        set("conn_max", "1000");
        set("conn_reuse_mode", "2");
        set("conntrack", "3");
        set("expire_nodest_conn", "4");
        set("expire_quiescent_template", "5");
        set("ignore_tunneled", "6");
        set("nat_icmp_send", "7");
        set("pmtu_disc", "0");
        set("schedule_icmp", "8");
        set("sloppy_tcp", "9");
        set("sloppy_sctp", "10");
        assertEquals(List.of(1, 1000, 2, 3, 4, 5, 6, 7, 0, 8, 9, 10), List.of(
                workers.cacheBypass, workers.connMax, workers.connReuseMode, workers.conntrack, workers.expireNodestConn, workers.expireQuiescentTemplate,
                workers.ignoreTunneled, workers.natIcmpSend, workers.pmtuDisc, workers.scheduleIcmp, workers.sloppyTcp, workers.sloppySctp));
    }

    @Test
    void shouldReachTheSchedulersWhenSet() throws ServiceProblem {
        set("lblc_expiration", "60");
        set("lblcr_expiration", "-8589934");
        assertEquals(60, schedulers.lblcExpirationSeconds());
        assertEquals(-8_589_934, schedulers.lblcrExpirationSeconds());
        assertEquals("net.ipv4.vs.lblc_expiration='8589935' cannot be set: write a number from -8589934 to 8589934",
                refusal(ServiceProblem.Kind.INVALID, VS + "lblc_expiration", "8589935"));
    }

    @Test
    void shouldReadNumbersAsTheKernelDoes() throws ServiceProblem {
        settings.set("net/ipv4/vs/conntrack", " 0x1f\n");
        assertEquals("31", settings.get("net/ipv4/vs/conntrack"));
        set("conntrack", "010");
        assertEquals("8", get("conntrack"));
        set("conntrack", "-1");
        assertEquals("-1", get("conntrack"));
        set("conntrack", "-2147483648");
        assertEquals("-2147483648", get("conntrack"));
        set("conntrack", "0");
        assertEquals("0", get("conntrack"));
    }

    @Test
    void shouldRefuseAndChangeNothingWhenItIsNoNumber() {
        for (final String value : List.of("", " ", "on", "1x", "08", "0x", "+1", "--1", "1 2", "2147483648", "-2147483649", "99999999999999999999999")) {
            assertEquals("net.ipv4.vs.conntrack='" + value + "' cannot be set: write a number from -2147483648 to 2147483647",
                    refusal(ServiceProblem.Kind.INVALID, VS + "conntrack", value));
        }
        assertEquals("0", get("conntrack"));
    }

    @Test
    void shouldRefuseWhenOutOfRange() {
        assertEquals("net.ipv4.vs.drop_entry='4' cannot be set: write a number from 0 to 3", refusal(ServiceProblem.Kind.INVALID, VS + "drop_entry", "4"));
        assertEquals("net.ipv4.vs.secure_tcp='-1' cannot be set: write a number from 0 to 3", refusal(ServiceProblem.Kind.INVALID, VS + "secure_tcp", "-1"));
        assertEquals("net.ipv4.vs.conn_max='33554433' cannot be set: write a number from 0 to 33554432",
                refusal(ServiceProblem.Kind.INVALID, VS + "conn_max", "33554433"));
        assertEquals(33_554_432, workers.connMax);
    }

    @Test
    void shouldRefuseWhenItIsNotFollowed() {
        final String followed = "; those that are: " + String.join(" ", settings.names());
        assertEquals("'net.ipv4.vs.sync_threshold' is not followed: no daemon hands connections to another machine" + followed,
                refusal(ServiceProblem.Kind.NO_ENTRY, "net/ipv4/vs/sync_threshold", "3 50"));
        assertEquals("'net.ipv4.vs.snat_reroute' is not followed: a packet's route depends on its destination alone" + followed,
                refusal(ServiceProblem.Kind.NO_ENTRY, VS + "snat_reroute", "1"));
        assertEquals("'net.ipv4.vs.nonsense' is no setting of virtual servers" + followed,
                refusal(ServiceProblem.Kind.NO_ENTRY, VS + "nonsense", "1"));
        assertEquals("'conntrack' is no setting of virtual servers" + followed, refusal(ServiceProblem.Kind.NO_ENTRY, "conntrack", "1"));
        assertNull(get("sync_threshold"));
        assertNull(get("nonsense"));
    }

    @Test
    void shouldTakePrimesWhenTheyAreForMaglev() throws ServiceProblem {
        final String name = VirtualServerSettings.MAGLEV_TABLE;
        settings.set(name, "655373");
        assertEquals(655_373, schedulers.maglevTable());
        settings.set(name, "5000011");
        settings.set(name, "2");
        settings.set(name, "251");
        assertEquals("penstock.maglev_table=65536 is not a prime: write 65537", refusal(ServiceProblem.Kind.INVALID, name, "65536"));
        assertEquals("penstock.maglev_table=63001 is not a prime: write 63029", refusal(ServiceProblem.Kind.INVALID, name, "63001"));
        assertEquals("penstock.maglev_table='1' cannot be set: write a number from 2 to 5000011", refusal(ServiceProblem.Kind.INVALID, name, "1"));
        assertEquals(251, schedulers.maglevTable());
    }

    @Test
    void shouldTellListenersWhenAValueChanges() throws ServiceProblem {
        final List<String> told = new ArrayList<>();
        settings.onChange(name -> told.add(name + '=' + settings.get(name)));
        settings.set("net/ipv4/vs/run_estimation", "0");
        settings.set(VS + "run_estimation", "00");
        assertThrows(ServiceProblem.class, () -> set("drop_entry", "9"));
        settings.set(VirtualServerSettings.MAGLEV_TABLE, "257");
        assertEquals(List.of("net.ipv4.vs.run_estimation=0", "penstock.maglev_table=257"), told);
        assertFalse(settings.estimatesRates());
    }

    @Test
    void shouldDefendWhenMemoryIsShort() throws ServiceProblem {
        pages = 1024;
        set("drop_entry", "1");
        set("drop_packet", "2");
        set("secure_tcp", "1");
        assertEquals("1 1 1", modes());
        assertEquals("false 0 false", inForce());
        pages = 768;
        settings.maintain();
        assertEquals("2 2 2", modes());
        assertEquals("true 4 true", inForce());
        pages = 500;
        settings.maintain();
        assertEquals("true 1 true", inForce());
        pages = 2000;
        settings.maintain();
        assertEquals("1 1 1", modes());
        assertEquals("false 0 false", inForce());
    }

    @Test
    void shouldDefendAtOnceWhenAModeOrThresholdIsWritten() throws ServiceProblem {
        pages = 2000;
        set("secure_tcp", "1");
        assertFalse(workers.isSecure);
        set("amemthresh", "4000");
        assertTrue(workers.isSecure);
        assertEquals("2", get("secure_tcp"));
        set("secure_tcp", "0");
        assertFalse(workers.isSecure);
    }

    @Test
    void shouldNotAskForMemoryWhenNoModeGoesByIt() throws ServiceProblem {
        set("drop_entry", "3");
        set("drop_packet", "3");
        set("am_droprate", "7");
        settings.maintain();
        assertEquals("3 3 0", modes());
        assertEquals("true 7 false", inForce());
        assertEquals(0, asked);
        set("drop_packet", "0");
        assertEquals("true 0 false", inForce());
    }

    private void set(final String shortName, final String value) throws ServiceProblem {
        settings.set(VS + shortName, value);
    }

    private String get(final String shortName) {
        return settings.get(VS + shortName);
    }

    private String modes() {
        return get("drop_entry") + ' ' + get("drop_packet") + ' ' + get("secure_tcp");
    }

    private String inForce() {
        return workers.dropsEntries + " " + workers.dropRate + ' ' + workers.isSecure;
    }

    private String refusal(final ServiceProblem.Kind kind, final String name, final String value) {
        final ServiceProblem problem = assertThrows(ServiceProblem.class, () -> settings.set(name, value));
        assertEquals(kind, problem.kind());
        return problem.getMessage();
    }
}
