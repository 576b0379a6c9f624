using System.Globalization;

namespace PerfTrace.Perf;

/// <summary>What of a counter is compared, be it just measured, read from a file, or an object that has crossed a process or a spreadsheet.</summary>
public sealed record CounterFigure
{
    public required string Event { get; init; }

    /// <summary>The count or mean; null unless it was counted.</summary>
    public double? Value { get; init; }

    public string? Unit { get; init; }

    public CounterStatus Status { get; init; }

    public double? RunningPercent { get; init; }

    /// <summary>How many runs the value is the mean of.</summary>
    public int Runs { get; init; } = 1;

    /// <summary>The standard error in percent; null for a single run.</summary>
    public double? RelativeError { get; init; }

    /// <summary>It is a part of a series: the parts add up to a run.</summary>
    public bool IsInterval { get; init; }

    public string? Command { get; init; }

    public string? CommandName { get; init; }

    public int? ProcessId { get; init; }

    public int? ThreadId { get; init; }

    public int? Cpu { get; init; }

    public int? Core { get; init; }

    public int? Socket { get; init; }

    public string? CGroup { get; init; }

    /// <summary>The program, by whichever name there is.</summary>
    internal string? Task => Command ?? CommandName;

    public static CounterFigure From(PerfCounter counter) => new()
    {
        Event = counter.Event,
        Value = (counter as PerfCounterStatistics)?.Mean ?? counter.Value,
        Unit = counter.Unit,
        Status = counter.Status,
        RunningPercent = counter.RunningPercent,
        Runs = (counter as PerfCounterStatistics)?.Runs ?? 1,
        RelativeError = (counter as PerfCounterStatistics)?.RelativeError,
        IsInterval = counter is PerfCounterInterval,
        Command = counter.Command,
        CommandName = counter.CommandName,
        ProcessId = counter.ProcessId,
        ThreadId = counter.ThreadId,
        Cpu = counter.Cpu,
        Core = counter.Core,
        Socket = counter.Socket,
        CGroup = counter.CGroup,
    };

    /// <summary>The same of an object that has the properties of a counter; numbers may be texts, as in CSV files.</summary>
    /// <param name="property">The value of a property by its name; null: it is not there, or is null.</param>
    /// <exception cref="CounterBaselineException">It is no counter.</exception>
    public static CounterFigure From(Func<string, object?> property)
    {
        if (Text(property, nameof(Event)) is not { } name)
            throw new CounterBaselineException("It has no property Event, as what Get-PerfCounter writes has.");
        double? value = Number(property, "Mean") ?? Number(property, nameof(Value));
        CounterStatus? status = StatusOf(property(nameof(Status)));
        if (value is null && status is null or CounterStatus.Counted)
            throw new CounterBaselineException($"{name} has no Value, as what Get-PerfCounter writes has.");
        return new CounterFigure
        {
            Event = name,
            Value = status is null or CounterStatus.Counted ? value : null,
            Unit = Text(property, nameof(Unit)),
            Status = status ?? CounterStatus.Counted,
            RunningPercent = Number(property, nameof(RunningPercent)),
            Runs = Math.Max(1, Integer(property, nameof(Runs)) ?? 1),
            RelativeError = Number(property, nameof(RelativeError)),
            IsInterval = property("Interval") is not (null or ""),
            Command = Text(property, nameof(Command)),
            CommandName = Text(property, nameof(CommandName)),
            ProcessId = Integer(property, nameof(ProcessId)),
            ThreadId = Integer(property, nameof(ThreadId)),
            Cpu = Integer(property, nameof(Cpu)),
            Core = Integer(property, nameof(Core)),
            Socket = Integer(property, nameof(Socket)),
            CGroup = Text(property, nameof(CGroup)),
        };
    }

    private static string? Text(Func<string, object?> property, string name) => property(name)?.ToString() is { Length: > 0 } text ? text : null;

    private static double? Number(Func<string, object?> property, string name)
    {
        object? value = property(name);
        if (value is null or "")
            return null;
        try
        {
            double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
            return double.IsFinite(number) ? number : null;
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
        {
            throw new CounterBaselineException($"{name} is no number: {value}.", e);
        }
    }

    private static int? Integer(Func<string, object?> property, string name) =>
        Number(property, name) is not { } number ? null
        : number is >= 0 and <= int.MaxValue ? (int)number
        : throw new CounterBaselineException($"{name} can not be {number}.");

    // ConvertTo-Json writes the number of an enumeration's member, everything else its name.
    private static CounterStatus? StatusOf(object? value)
    {
        if (value is null or "")
            return null;
        string text = Convert.ToString(value, CultureInfo.InvariantCulture)!;
        return Enum.TryParse(text, ignoreCase: true, out CounterStatus status) && Enum.IsDefined(status)
            ? status
            : throw new CounterBaselineException($"Status can not be '{text}'.");
    }
}
