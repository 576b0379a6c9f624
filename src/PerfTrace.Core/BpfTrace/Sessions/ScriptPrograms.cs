using PerfTrace.Bpf;
using PerfTrace.Interop;

namespace PerfTrace.BpfTrace;

/// <summary>The programs of a script in the kernel, and what holds them to their events.</summary>
internal sealed class ScriptPrograms : IDisposable
{
    private readonly List<(ScriptProgram Plan, BpfProgram Program)> _programs = [];
    private readonly List<FileDescriptor> _links = [];

    private ScriptPrograms()
    {
    }

    public IReadOnlyList<(ScriptProgram Plan, BpfProgram Program)> Programs => _programs;

    /// <summary>How many events programs are attached to.</summary>
    public int Attached { get; private set; }

    /// <summary>The instructions of a program.</summary>
    /// <exception cref="ScriptException">It is too large for the kernel's machine.</exception>
    public static BpfCode Assemble(ScriptProgram program)
    {
        var assembler = new BpfAssembler();
        try
        {
            IrEmitter.Emit(program.Function, assembler, static _ => throw new InvalidOperationException("A probe has one function."));
            return assembler.Assemble();
        }
        catch (Exception e) when (e is ScriptStackException or BpfAssemblyException)
        {
            throw new ScriptException(program.Probe.Span, e.Message);
        }
    }

    /// <summary>Loads programs; nothing is attached yet.</summary>
    /// <exception cref="ScriptException">The program does not fit the kernel's machine.</exception>
    /// <exception cref="BpfVerifierException">The verifier does not accept one.</exception>
    /// <exception cref="KernelException">Not for this user.</exception>
    public static ScriptPrograms Load(IEnumerable<ScriptProgram> programs)
    {
        var loaded = new ScriptPrograms();
        try
        {
            foreach (ScriptProgram program in programs)
            {
                ProbeContext context = program.Context;
                var request = new BpfProgramRequest(context.ProgramType, Assemble(program))
                {
                    Name = NameOf(program.Targets[0].Name),
                    ExpectedAttachType = context.AttachType,
                    AttachTypeId = context.AttachTypeId,
                };
                loaded._programs.Add((program, BpfProgram.FromDescriptor(BpfProgramLoader.Load(request))));
            }
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>Attaches every program to its events, in the order of the script.</summary>
    /// <param name="missing">Hears of an event that could not be attached to; what it returns says whether that is no error.</param>
    /// <exception cref="ScriptException">An event could not be attached to.</exception>
    public void Attach(Func<ProbeTarget, Exception, bool> missing)
    {
        foreach ((ScriptProgram plan, BpfProgram program) in _programs)
        {
            using FileDescriptor descriptor = program.Open();
            for (int i = 0; i < plan.Targets.Count; i++)
            {
                ProbeTarget target = plan.Targets[i];
                if (target.Hook is null)
                    continue;
                try
                {
                    // Of several events the cookie tells the program which one it is.
                    _links.AddRange(target.Hook.Attach(descriptor, plan.Context.ProbeNumbers.Count > 1 ? (ulong)plan.Context.ProbeNumbers[i] : 0));
                    Attached++;
                }
                catch (Exception e) when (e is KernelException or PerfTrace.Tracing.ProbePlaceException or PerfTrace.Tracing.TracepointNotFoundException
                    or PerfTrace.Tracing.KernelFunctionNotFoundException)
                {
                    if (!missing(target, e))
                        throw new ScriptException(plan.Probe.AttachPoints[0].Span, $"{target.Name}: {e.Message}");
                }
            }
        }
    }

    /// <summary>Runs the programs of begin or end, here and now.</summary>
    public void Run(ProbeProvider provider, CancellationToken stop)
    {
        foreach ((ScriptProgram plan, BpfProgram program) in _programs)
        {
            if (plan.Context.Provider == provider)
                BpfTestRunner.Run(program, new BpfTestRunRequest(), stop);
        }
    }

    /// <summary>Takes the programs off their events; the programs stay.</summary>
    public void Detach()
    {
        _links.ForEach(static l => l.Dispose());
        _links.Clear();
    }

    public void Dispose()
    {
        Detach();
        _programs.ForEach(static p => p.Program.Dispose());
        _programs.Clear();
    }

    private static string NameOf(string probe) => string.Concat(probe[..Math.Min(15, probe.Length)].Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
