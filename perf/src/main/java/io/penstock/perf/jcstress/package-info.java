/**
 * What threads hand each other without locks, tried by jcstress ({@code penstock bench jcstress}): each test is two or more
 * actors on a fresh state, run millions of times under every compiler and placement that jcstress knows; every outcome is
 * listed, and says in words what it means. Actors' threads are jcstress's.
 */
package io.penstock.perf.jcstress;
