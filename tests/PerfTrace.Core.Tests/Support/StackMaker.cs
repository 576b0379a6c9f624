using PerfTrace.Kernel;
using PerfTrace.Perf;
using PerfTrace.Symbols;

namespace PerfTrace.Tests.Support;

/// <summary>Makes samples of functions that are named in a text: <c>main;read;vfs_write_[k]</c>, outermost first.</summary>
internal sealed class StackMaker : IDisposable
{
    private readonly SymbolStore _store = new(SystemPaths.Default);
    private readonly Dictionary<string, StackFrame> _frames = [];
    private readonly Dictionary<string, CodeModule> _modules = [];
    private ulong _next = 0x1000;

    public void Dispose() => _store.Dispose();

    public CodeModule Module(string path, CodeModuleKind kind)
    {
        if (!_modules.TryGetValue(path, out CodeModule? module))
            _modules.Add(path, module = new CodeModule(_store, path, kind));
        return module;
    }

    /// <summary>
    /// The frame of a name: <c>f</c> of /usr/bin/app, <c>f@libc.so.6</c>, <c>f_[k]</c> of the kernel, <c>f_[j]</c> of generated code, <c>?libc.so.6</c> without a symbol.
    /// The same name is the same frame.
    /// </summary>
    public StackFrame Frame(string name)
    {
        if (_frames.TryGetValue(name, out StackFrame? frame))
            return frame;
        ulong start = _next;
        _next += 0x100;
        (string symbol, CodeModule module) = name switch
        {
            _ when name.EndsWith("_[k]", StringComparison.Ordinal) => (name[..^4], Module("[kernel.kallsyms]", CodeModuleKind.Kernel)),
            _ when name.EndsWith("_[j]", StringComparison.Ordinal) => (name[..^4], Module("/tmp/perf-12.map", CodeModuleKind.Generated)),
            ['?', .. var file] => ("", Module(file, CodeModuleKind.File)),
            _ when name.Split('@') is [var function, var file] => (function, Module($"/usr/lib/{file}", CodeModuleKind.File)),
            _ => (name, Module("/usr/bin/app", CodeModuleKind.File)),
        };
        CodeSymbol? known = symbol.Length == 0 ? null : new CodeSymbol(symbol, start, 0x100);
        return _frames[name] = new StackFrame(start + 0x10, module, start + 0x10, known, []);
    }

    public PerfSample Sample(string stack, long period = 1, string command = "app", int thread = 12, string eventName = "cpu-clock", ulong? time = null, int cpu = 0, int process = 12)
    {
        StackFrame[] frames = [.. stack.Split(';').Reverse().Select(Frame)];
        return new PerfSample
        {
            EventName = eventName,
            CommandName = command,
            ProcessId = process,
            ThreadId = thread,
            Cpu = cpu,
            Period = period,
            TimestampNanoseconds = time,
            InstructionPointer = frames[0].Address,
            Frame = frames[0],
            CallStack = frames,
        };
    }
}
