/*
 * What the bench's program asks of the computer it runs on: a slot for firmware in memory that is not the engine's, and the engine's
 * own counters. In a build of `mcconfig -i`, which has peaks.
 */
#include "xsAll.h"
#include "gio/gio.h"

#define SLOT_BYTES (496 * 4096)

#define MOST_SAMPLES 16384

static unsigned char gSlot[SLOT_BYTES];

/* What was taken between two samples without a collection in between. */
static txSize gSlots[MOST_SAMPLES], gChunks[MOST_SAMPLES];
static int gSampled;
static txSize gLastSlots, gLastChunks;
static unsigned gLastCollections;

/* Milliseconds of the loop's time, which may be virtual. */
void xs_bench_now(txMachine *the)
{
	fxNumber(the, mxResult, (txNumber)bench_loop_now());
}

/* Counters as a line of JSON; slots and stack are in slots of this machine. */
void xs_bench_report(txMachine *the)
{
#ifdef mxInstrument
	fprintf(stdout, "{\"bench\":\"%s\",\"slotBytes\":%u,\"peakSlots\":%u,\"peakChunkBytes\":%u,\"peakStackSlots\":%u,"
		"\"allocatedSlots\":%u,\"allocatedChunkBytes\":%u,\"collections\":%u}\n",
		fxToString(the, mxArgv(0)), (unsigned)sizeof(txSlot), (unsigned)the->peakHeapCount, (unsigned)the->peakChunksSize,
		(unsigned)(the->stackTop - the->stackPeak), (unsigned)the->maximumHeapCount, (unsigned)the->maximumChunksSize,
		(unsigned)the->garbageCollectionCount);
#else
	fprintf(stdout, "{\"bench\":\"%s\",\"slotBytes\":%u,\"allocatedSlots\":%u,\"allocatedChunkBytes\":%u}\n",
		fxToString(the, mxArgv(0)), (unsigned)sizeof(txSlot), (unsigned)the->maximumHeapCount, (unsigned)the->maximumChunksSize);
#endif
	fflush(stdout);
}

/* Live slots and bytes of chunks after a collection, as a line of JSON. */
void xs_bench_live(txMachine *the)
{
	fxCollectGarbage(the);
	fprintf(stdout, "{\"bench\":\"%s\",\"liveSlots\":%u,\"liveChunkBytes\":%u}\n", fxToString(the, mxArgv(0)),
		(unsigned)the->currentHeapCount, (unsigned)the->currentChunksSize);
	fflush(stdout);
}

/* Notes what was taken since the last sample. */
void xs_bench_sample(txMachine *the)
{
	if (gLastSlots && (gLastCollections == the->garbageCollectionCount) && (gSampled < MOST_SAMPLES)) {
		gSlots[gSampled] = the->currentHeapCount - gLastSlots;
		gChunks[gSampled++] = the->currentChunksSize - gLastChunks;
	}
	gLastSlots = the->currentHeapCount;
	gLastChunks = the->currentChunksSize;
	gLastCollections = the->garbageCollectionCount;
}

static int bySize(const void *a, const void *b)
{
	txSize left = *(const txSize *)a, right = *(const txSize *)b;

	return (left > right) - (left < right);
}

/* The medians of what was sampled, as a line of JSON. */
void xs_bench_samples(txMachine *the)
{
	qsort(gSlots, gSampled, sizeof(txSize), bySize);
	qsort(gChunks, gSampled, sizeof(txSize), bySize);
	fprintf(stdout, "{\"bench\":\"garbage\",\"samples\":%d,\"slots\":%d,\"chunkBytes\":%d}\n", gSampled,
		gSampled ? (int)gSlots[gSampled / 2] : -1, gSampled ? (int)gChunks[gSampled / 2] : -1);
	fflush(stdout);
}

static void check(txMachine *the, int at, int length)
{
	if ((at < 0) || (length < 0) || (at + length > SLOT_BYTES))
		fxThrowMessage(the, __FILE__, __LINE__, XS_RANGE_ERROR, "beyond the slot");
}

void xs_bench_slotErase(txMachine *the)
{
	int at = fxToInteger(the, mxArgv(0)), length = fxToInteger(the, mxArgv(1));

	check(the, at, length);
	memset(gSlot + at, 0xFF, length);
}

void xs_bench_slotWrite(txMachine *the)
{
	int at = fxToInteger(the, mxArgv(1)), length = fxToInteger(the, mxArgv(3));

	check(the, at, length);
	memcpy(gSlot + at, (char *)fxToArrayBuffer(the, mxArgv(0)) + fxToInteger(the, mxArgv(2)), length);
}

void xs_bench_slotRead(txMachine *the)
{
	int at = fxToInteger(the, mxArgv(1)), length = fxToInteger(the, mxArgv(3));

	check(the, at, length);
	memcpy((char *)fxToArrayBuffer(the, mxArgv(0)) + fxToInteger(the, mxArgv(2)), gSlot + at, length);
}
