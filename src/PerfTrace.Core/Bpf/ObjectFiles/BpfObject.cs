using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PerfTrace.Interop;

namespace PerfTrace.Bpf;

/// <summary>An object file that is loaded: its programs and maps, and the links that it was attached by. Disposing of it releases them all. Safe for several threads.</summary>
public sealed unsafe class BpfObject : IDisposable
{
    // Which object a program is of, so that one alone can be attached by its section too.
    private static readonly ConditionalWeakTable<BpfProgram, BpfObject> Owners = [];

    private readonly BpfObjectHandle _handle;
    private readonly Action<BpfLogMessage>? _log;
    private readonly Dictionary<BpfProgram, nint> _programs = [];
    private readonly List<KeyValuePair<string, BpfMap>> _maps = [];
    private readonly List<BpfLink> _links = [];
    private readonly Lock _guard = new();

    internal BpfObject(BpfObjectFile file, BpfObjectHandle handle, IEnumerable<KeyValuePair<string, nint>> programs, IEnumerable<KeyValuePair<string, nint>> maps, Action<BpfLogMessage>? log)
    {
        file.IsTaken = true;
        _handle = handle;
        _log = log;
        Path = file.Path;
        Name = file.Name;
        Types = file.Types;
        try
        {
            foreach ((_, nint pointer) in programs)
            {
                // A program that nothing calls is left out where a library is linked in.
                if (LibBpf.ProgramDescriptor(pointer) is not (>= 0 and var number))
                    continue;
                BpfProgram program = BpfProgram.FromDescriptor(Duplicate(number));
                _programs.Add(program, pointer);
                Owners.Add(program, this);
            }
            foreach ((string name, nint pointer) in maps)
            {
                if (LibBpf.MapDescriptor(pointer) is >= 0 and var number)
                    _maps.Add(new(name, BpfMap.FromDescriptor(Duplicate(number))));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>It has been disposed of.</summary>
    public event EventHandler? Disposed;

    /// <summary>The file that it is from.</summary>
    public string Path { get; }

    /// <summary>Its name: the file's, up to its first dot.</summary>
    public string Name { get; }

    // Arrays: PowerShell's [0] of the list that the compiler makes for [.. ] is the list itself.

    /// <summary>The programs, in the file's order.</summary>
    public IReadOnlyList<BpfProgram> Programs => _programs.Keys.ToArray();

    /// <summary>The maps, in the file's order; those of global variables too.</summary>
    public IReadOnlyList<BpfMap> Maps => _maps.Select(static m => m.Value).ToArray();

    /// <summary>The links that <see cref="Attach"/> has made, as long as they are there.</summary>
    public IReadOnlyList<BpfLink> Links
    {
        get
        {
            lock (_guard)
            {
                _links.RemoveAll(static l => !l.IsOwned);
                return _links.ToArray();
            }
        }
    }

    /// <summary>The types of the object; null when the file has none.</summary>
    public Kernel.BtfTypes? Types { get; }

    /// <summary>It has been disposed of.</summary>
    public bool IsDisposed => _handle.IsClosed;

    /// <summary>The maps by their names in the file, which the kernel cuts.</summary>
    internal IReadOnlyList<KeyValuePair<string, BpfMap>> NamedMaps => _maps;

    public override string ToString() => Name;

    /// <summary>The object that a program was loaded with; null when it is of none, or its object has been disposed of.</summary>
    public static BpfObject? Of(BpfProgram program) => Owners.TryGetValue(program, out BpfObject? owner) && !owner.IsDisposed ? owner : null;

    /// <summary>A program by its function's name.</summary>
    /// <exception cref="BpfObjectNameException">There is none of this name.</exception>
    public BpfProgram Program(string name) => _programs.Keys.FirstOrDefault(p => SourceName(p) == name)
        ?? throw new BpfObjectNameException(Path, "program", name, [.. _programs.Keys.Select(SourceName)]);

    /// <summary>A map by its name in the file.</summary>
    /// <exception cref="BpfObjectNameException">There is none of this name.</exception>
    public BpfMap Map(string name) => _maps.Find(m => m.Key == name).Value ?? throw new BpfObjectNameException(Path, "map", name, [.. _maps.Select(static m => m.Key)]);

    /// <summary>The section of a program in the file: <c>tracepoint/sched/sched_switch</c>.</summary>
    public string SectionOf(BpfProgram program)
    {
        lock (_guard)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return BpfObjectFile.Text(LibBpf.ProgramSection(_programs[program]));
        }
    }

    /// <summary>Attaches a program to what its section names. The link lives as long as it or this object is not disposed of.</summary>
    /// <exception cref="BpfObjectException">The section does not say to what.</exception>
    /// <exception cref="KernelException">There is no such hook here, or it is not for this user.</exception>
    public BpfLink Attach(BpfProgram program)
    {
        lock (_guard)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            nint pointer = _programs[program];
            var messages = new List<BpfLogMessage>();
            nint link;
            Errno errno;
            using (LibBpfLog.Into(messages))
            {
                link = LibBpf.Attach(pointer);
                errno = (Errno)Marshal.GetLastPInvokeError();
            }
            if (link == 0)
            {
                Exception error = BpfObjectErrors.OfAttaching(Path, SourceName(program), BpfObjectFile.Text(LibBpf.ProgramSection(pointer)), errno, messages);
                BpfObjectErrors.Tell(messages, _log, includeWarnings: false);
                throw error;
            }
            BpfObjectErrors.Tell(messages, _log, includeWarnings: true);
            var handle = new BpfLinkHandle(link);
            try
            {
                BpfLink attached = BpfLink.FromDescriptor(Duplicate(LibBpf.LinkDescriptor(handle)), handle);
                _links.Add(attached);
                return attached;
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
    }

    /// <summary>Attaches all programs whose sections say to what; those that can not be are passed over.</summary>
    /// <exception cref="KernelException">There is no such hook here, or it is not for this user.</exception>
    public IReadOnlyList<BpfLink> AttachAll()
    {
        var links = new List<BpfLink>();
        foreach (BpfProgram program in Programs)
        {
            try
            {
                links.Add(Attach(program));
            }
            catch (BpfObjectException e) when (e.Problem == BpfObjectProblem.NoTarget)
            {
                // It needs to be told: a perf event, an interface, a control group.
            }
        }
        return links;
    }

    public void Dispose()
    {
        lock (_guard)
        {
            foreach (BpfLink link in _links)
                link.Dispose();
            _links.Clear();
            foreach (BpfProgram program in _programs.Keys)
                program.Dispose();
            foreach ((_, BpfMap map) in _maps)
                map.Dispose();
            _handle.Dispose();
        }
        Disposed?.Invoke(this, EventArgs.Empty);
    }

    private string SourceName(BpfProgram program) => IsDisposed ? program.Name : BpfObjectFile.Text(LibBpf.ProgramName(_programs[program]));

    private static FileDescriptor Duplicate(int number)
    {
        // The number stays libbpf's.
        using var borrowed = new BorrowedDescriptor(number);
        return borrowed.Duplicate();
    }

    private sealed class BorrowedDescriptor(int number) : IDisposable
    {
        private readonly FileDescriptor _descriptor = new(number);

        public FileDescriptor Duplicate() => _descriptor.Duplicate();

        public void Dispose() => _descriptor.SetHandleAsInvalid();
    }
}
