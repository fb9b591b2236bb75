package io.penstock.dataplane.ipvs.health;

import java.io.IOException;

/** Whether the server takes a TCP connection, which is closed again at once. */
public record TcpCheck() implements Check {

    @Override
    public String kind() {
        return "tcp";
    }

    @Override
    public String run(final CheckRun run) throws CheckFailure, IOException, InterruptedException {
        run.connect();
        return "connected";
    }
}
