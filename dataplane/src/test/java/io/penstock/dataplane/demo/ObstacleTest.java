package io.penstock.dataplane.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ObstacleTest {

    private static final String ROOT = "Name:\tjava\nUid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n";

    @Test
    void shouldFindNoneWhenRootHasAllRights() {
        assertEquals(Optional.empty(), Obstacle.find(ROOT, true, true));
    }

    @Test
    void shouldAdviseSudoWhenTheUserIsNotRoot() {
        assertObstacle("No root", "sudo ./penstock demo",
                Obstacle.find("Uid:\t0\t1000\t0\t0\nCapEff:\t0000000000000000\n", true, true));
        assertObstacle("No root", "sudo ./penstock demo",
                Obstacle.find("Uid:\t1000\t1000\t1000\t1000\nCapEff:\t000001ffffffffff\n", true, true));
    }

    @Test
    void shouldNameTheCapabilityWhenRootLacksIt() {
        assertObstacle("No CAP_NET_ADMIN", "docker run --privileged ...",
                Obstacle.find("Uid:\t0\t0\t0\t0\nCapEff:\t00000000a80425fb\n", true, true));
        assertObstacle("No CAP_SYS_ADMIN", "docker run --privileged ...",
                Obstacle.find("Uid:\t0\t0\t0\t0\nCapEff:\t00000000a80435fb\n", true, true));
    }

    @Test
    void shouldSayWhatElseIsMissing() {
        assertObstacle("No right to write /run/netns", "root of the host", Obstacle.find(ROOT, false, true));
        assertObstacle("No program ip", "apt install iproute2", Obstacle.find(ROOT, true, false));
    }

    private static void assertObstacle(final String what, final String remedy, final Optional<Obstacle> found) {
        assertEquals(Optional.of(new Obstacle(what, remedy)), found);
    }
}
