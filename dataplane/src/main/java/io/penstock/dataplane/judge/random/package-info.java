/**
 * Random router set-ups and packets for the judge: the same seed makes the same ones. Control; everything runs on the calling
 * thread. Public is {@link io.penstock.dataplane.judge.random.Scenarios}.
 */
package io.penstock.dataplane.judge.random;
