/*
 * The main loop behind `include/gio/gio.h`: timers in the order of their time, one thread, no file descriptors (the SDK's sockets
 * poll by timer). With SMARTLINK_BENCH_VIRTUAL_TIME set no time is waited for, so a run is the same instructions each time.
 */
#include "gio/gio.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct GSource {
	GSource *next;
	int64_t due;
	guint id;
	guint interval;
	int priority;
	GSourceFunc callback;
	gpointer data;
};

static GSource *gSources;
/* Whose callback runs; not in the list meanwhile. */
static GSource *gRunning;
static int gIsRunningRemoved;
static guint gLastId;
static int64_t gVirtualNow;
static int gIsVirtual;
static GSourceFunc gSignalCallback;
static gpointer gSignalData;
static volatile sig_atomic_t gSignalled;

static int64_t now(void)
{
	struct timespec time;

	if (gIsVirtual)
		return gVirtualNow;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

int64_t bench_loop_now(void)
{
	return now();
}

static void insert(GSource *source)
{
	GSource **at = &gSources;

	while (*at && (((*at)->due < source->due) || (((*at)->due == source->due) && ((*at)->priority <= source->priority))))
		at = &(*at)->next;
	source->next = *at;
	*at = source;
}

GMainLoop *g_main_loop_new(GMainContext *context, gboolean running)
{
	gIsVirtual = NULL != getenv("SMARTLINK_BENCH_VIRTUAL_TIME");
	return NULL;
}

void g_main_loop_run(GMainLoop *loop)
{
	for (;;) {
		GSource *source = gSources;
		int64_t wait;

		if (gSignalled) {
			gSignalled = 0;
			gSignalCallback(gSignalData);
		}
		if (!source)
			exit(0);
		wait = source->due - now();
		if (wait > 0) {
			struct timespec time = { wait / 1000, (wait % 1000) * 1000000 };

			if (gIsVirtual)
				gVirtualNow = source->due;
			else {
				/* A signal ends it early. */
				nanosleep(&time, NULL);
				continue;
			}
		}
		gSources = source->next;
		gRunning = source;
		gIsRunningRemoved = 0;
		if (source->callback(source->data) && !gIsRunningRemoved) {
			source->due = now() + source->interval;
			insert(source);
		}
		else
			free(source);
		gRunning = NULL;
	}
}

GMainContext *g_main_context_get_thread_default(void)
{
	return NULL;
}

guint g_timeout_add_full(int priority, guint interval, GSourceFunc callback, gpointer data, GDestroyNotify notify)
{
	GSource *source = g_idle_source_new();

	source->interval = interval;
	source->priority = priority;
	source->callback = callback;
	source->data = data;
	return g_source_attach(source, NULL);
}

guint g_timeout_add(guint interval, GSourceFunc callback, gpointer data)
{
	return g_timeout_add_full(G_PRIORITY_DEFAULT, interval, callback, data, NULL);
}

gboolean g_source_remove(guint id)
{
	GSource **at;

	if (gRunning && (gRunning->id == id)) {
		gIsRunningRemoved = 1;
		return TRUE;
	}
	for (at = &gSources; *at; at = &(*at)->next) {
		if ((*at)->id == id) {
			GSource *source = *at;
			*at = source->next;
			free(source);
			return TRUE;
		}
	}
	return FALSE;
}

static void onSignal(int number)
{
	gSignalled = 1;
}

guint g_unix_signal_add(int number, GSourceFunc callback, gpointer data)
{
	gSignalCallback = callback;
	gSignalData = data;
	signal(number, onSignal);
	return ++gLastId;
}

GSource *g_idle_source_new(void)
{
	return calloc(1, sizeof(GSource));
}

void g_source_set_callback(GSource *source, GSourceFunc callback, gpointer data, GDestroyNotify notify)
{
	source->callback = callback;
	source->data = data;
}

void g_source_set_priority(GSource *source, int priority)
{
	source->priority = priority;
}

guint g_source_attach(GSource *source, GMainContext *context)
{
	source->id = ++gLastId;
	source->due = now() + source->interval;
	insert(source);
	return source->id;
}

void g_source_unref(GSource *source)
{
	/* The loop has it now, and frees it. */
}

GResolver *g_resolver_get_default(void)
{
	return NULL;
}

void g_resolver_lookup_by_name_async(GResolver *resolver, const char *name, void *cancellable, GAsyncReadyCallback callback, gpointer data)
{
}

GList *g_resolver_lookup_by_name_finish(GResolver *resolver, GAsyncResult *result, void *error)
{
	return NULL;
}

void g_resolver_free_addresses(GList *addresses)
{
}

char *g_inet_address_to_string(GInetAddress *address)
{
	return NULL;
}

int g_inet_address_get_family(GInetAddress *address)
{
	return 0;
}

void g_object_unref(gpointer object)
{
}

void g_free(gpointer memory)
{
	free(memory);
}
