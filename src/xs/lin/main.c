/*
 * The firmware as a Linux program: an XS machine over the image that xsl linked, in GLib's main loop.
 * Usage: smartlink CONFIG.json DATA_DIRECTORY
 */

#include "xsAll.h"
#include "mc.xs.h"

#include <glib.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <sys/random.h>
#include <unistd.h>

static int gCount;
static char **gArguments;

/* What XS calls when it cannot go on: an uncaught exception, no memory. */
void fxAbort(xsMachine *the, int status)
{
	fprintf(stderr, "XS abort: %s\n", fxAbortString(status));
	exit(status ? status : 1);
}

void xs_lin_argument(xsMachine *the)
{
	int index = fxToInteger(the, mxArgv(0));

	if ((0 <= index) && (index < gCount))
		fxString(the, mxResult, gArguments[index]);
}

void xs_lin_random(xsMachine *the)
{
	uint32_t value = 0;

	if (sizeof(value) != getrandom(&value, sizeof(value), 0))
		fxAbort(the, 1);
	fxUnsigned(the, mxResult, value);
}

void xs_lin_exit(xsMachine *the)
{
	fflush(stdout);
	exit(fxToInteger(the, mxArgv(0)));
}

void xs_lin_readInput(xsMachine *the)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t count = 0;

	if (poll(&input, 1, 0) > 0)
		count = read(STDIN_FILENO, fxToArrayBuffer(the, mxArgv(0)), fxToInteger(the, mxArgv(1)));
	fxInteger(the, mxResult, (count > 0) ? (txInteger)count : 0);
}

void xs_lin_writeOutput(xsMachine *the)
{
	fwrite(fxToArrayBuffer(the, mxArgv(0)), 1, fxToInteger(the, mxArgv(1)), stdout);
	fflush(stdout);
}

/* SIGUSR1: what the machine holds after a collection. Slots are 32 bytes here, 16 on a chip. */
static int reportMemory(void *it)
{
	txMachine *the = it;
	txUnsigned before = (txUnsigned)the->currentHeapCount;

	fxCollectGarbage(the);
	fprintf(stderr, "slots: %u live, %u before the collection, %u allocated; chunks: %u bytes live, %u allocated\n",
		(txUnsigned)the->currentHeapCount, before, (txUnsigned)the->maximumHeapCount,
		(txUnsigned)the->currentChunksSize, (txUnsigned)the->maximumChunksSize);
#ifdef mxInstrument
	/* mcconfig -i */
	fprintf(stderr, "peaks: %u slots, %u bytes of chunks, %u slots of stack\n", (txUnsigned)the->peakHeapCount,
		(txUnsigned)the->peakChunksSize, (txUnsigned)(the->stackTop - the->stackPeak));
#endif
	return 1;
}

int main(int argc, char *argv[])
{
	static txMachine root;
	txPreparation *preparation = xsPreparation();
	txMachine *machine = &root;
	GMainLoop *loop = g_main_loop_new(NULL, FALSE);

	/* The SDK's sockets write without MSG_NOSIGNAL. */
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	gCount = argc;
	gArguments = argv;

	machine->preparation = preparation;
	machine->keyArray = preparation->keys;
	machine->keyCount = (txID)preparation->keyCount + (txID)preparation->creation.initialKeyCount;
	machine->keyIndex = (txID)preparation->keyCount;
	machine->nameModulo = preparation->nameModulo;
	machine->nameTable = preparation->names;
	machine->symbolModulo = preparation->symbolModulo;
	machine->symbolTable = preparation->symbols;
	machine->stack = &preparation->stack[0];
	machine->stackBottom = &preparation->stack[0];
	machine->stackTop = &preparation->stack[preparation->stackCount];
	machine->firstHeap = &preparation->heap[0];
	machine->freeHeap = &preparation->heap[preparation->heapCount - 1];
	machine->aliasCount = (txID)preparation->aliasCount;
	machine = fxCloneMachine(&preparation->creation, machine, "smartlink", NULL);

	g_unix_signal_add(SIGUSR1, reportMemory, machine);
	fxBeginHost(machine);
	{
		txMachine *the = machine;

		mxTry(the) {
			mxPushStringC("main");
			fxAwaitImport(the, XS_IMPORT_DEFAULT);
			mxPop();
		}
		mxCatch(the) {
			fprintf(stderr, "%s\n", fxToString(the, &mxException));
			exit(1);
		}
	}
	fxEndHost(machine);
	g_main_loop_run(loop);
	return 0;
}
