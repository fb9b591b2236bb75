package io.penstock.dataplane.run;

import io.penstock.dataplane.config.PortConfig;
import io.penstock.os.sys.CpuAffinity;
import io.penstock.os.testkit.Privileged;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is not followed, and comes while the data plane runs. */
@Timeout(60)
@Privileged(programs = {"taskset"})
class RoutingNewsTest {

    @TempDir
    private Path folder;

    @Test
    void shouldTellOfARuleThatComesWhileItRuns() throws Exception {
        try (TestRouter router = new TestRouter(folder, 1, 1)) {
            router.kernelForwards(true).start(
                    DataPlaneTest.configuration(PortConfig.Attach.AUTO, List.of(CpuAffinity.current().length() - 1)));
            router.dut.ip("rule add from 10.9.0.0/16 priority 50 table 7");
            router.stat(now -> router.messages().contains(
                    "routing rules besides the standard ones are not followed: IPv4 priority=50 table=7"));
        }
    }
}
